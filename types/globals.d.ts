// What the pages' modules hear of each other by.

interface WindowEventMap {
  /** Something was changed whose counts the navigation shows. */
  "studio:changed": Event;
}
