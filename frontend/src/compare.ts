// The page that compares models: what every page has, and a box to choose models from.
import { chooser } from "./chooser";
import { common } from "./common";

common();
document.querySelectorAll<HTMLFormElement>("form[data-chooser]").forEach((form) => chooser(form));
