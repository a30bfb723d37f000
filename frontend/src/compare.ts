// The page that compares models: what every page has, and a box to choose models from.
import { chooser } from "./chooser";
import { startPage } from "./pages";

startPage();
document.querySelectorAll<HTMLFormElement>("form[data-chooser]").forEach((form) => chooser(form));
