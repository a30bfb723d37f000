// Data for a page: always of the snapshot that the page was made from.
import { setup } from "./facts";

const GONE = 410;
const RELOADED = "reloaded-for";

let prepare: () => void = () => undefined;

/** What has to happen before the page is loaded again, such as writing its state into the address. */
export function beforeReload(what: () => void): void {
  prepare = what;
}

/** The JSON at a path below `/v1/`, or the reason why there is none.

    A page whose snapshot is no longer served is loaded again, once: then it shows the new one. */
export async function ask<T>(path: string, query = new URLSearchParams(), signal?: AbortSignal): Promise<T | string> {
  try {
    if (setup.snapshot) query.set("snapshot", setup.snapshot);
    const answer = await fetch(`${setup.api}${path}?${query}`, signal ? { signal } : {});
    if (answer.ok) return (await answer.json()) as T;
    if (answer.status === GONE && mayReload()) {
      prepare();
      location.reload();
      return await new Promise<never>(() => undefined);
    }
    const problem = (await answer.json()) as { detail?: unknown };
    return typeof problem.detail === "string" ? problem.detail : JSON.stringify(problem.detail);
  } catch (error) {
    // No connection, or an answer that is not JSON; a request that was called off is no failure.
    if (error instanceof TypeError || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** Whether this page was not yet loaded again for this snapshot: a cache may still hold it. */
function mayReload(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED) === setup.snapshot) return false;
    sessionStorage.setItem(RELOADED, setup.snapshot);
    return true;
  } catch {
    return false;
  }
}
