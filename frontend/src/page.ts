// What every page has: the theme, searching and sorting of plain tables, copying, hints on charts.
import { startPage } from "./pages";

startPage();
