// What the pages' modules hear of each other by.

interface WindowEventMap {
  /** Something was changed whose counts the navigation shows. */
  "studio:changed": Event;
  /** The navigation was told how far everything is. */
  "studio:loop": CustomEvent<import("#types/shared").Loop>;
  /** Somebody wants to work under another name; who prevents it says why. */
  "studio:user": CustomEvent<{ refusal: string }>;
}

interface Window {
  /** What `bench canvas` measures with. */
  meter: object;
}
