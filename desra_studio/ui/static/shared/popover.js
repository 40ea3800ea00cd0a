// Panels that a button opens beside the right-hand column. Escape or a click elsewhere closes them.

const GAP = 6;

/**
 * Let a button open a panel at its left, aligned with its `edge` ("top" or "bottom"), or above it.
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} panel
 * @param {"top" | "bottom" | "above"} edge
 * @param {() => unknown} beforeOpen
 */
export function attachPopover(button, panel, edge, beforeOpen = () => {}) {
  panel.popover = "auto";
  button.popoverTargetElement = panel;
  button.setAttribute("aria-expanded", "false");
  panel.addEventListener("beforetoggle", ({ newState }) => {
    const open = newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    beforeOpen();
    const box = button.getBoundingClientRect();
    panel.style.inset = "auto";
    if (edge === "above") {
      panel.style.left = `${box.left}px`;
      panel.style.bottom = `${window.innerHeight - box.top + GAP}px`;
      panel.style.maxHeight = `${box.top - 2 * GAP}px`;
      return;
    }
    const column = (button.closest("aside") ?? button).getBoundingClientRect();
    const distance = edge === "top" ? box.top : window.innerHeight - box.bottom;
    panel.style.right = `${window.innerWidth - column.left + GAP}px`;
    panel.style[edge] = `${distance}px`;
    panel.style.maxHeight = `${window.innerHeight - distance - 10}px`;
  });
  // The browser closes it by Escape, too, where the page's keys do not take that.
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.matches(":popover-open")) return;
    event.preventDefault();
    event.stopPropagation();
    panel.hidePopover();
  });
  // The page's keys would judge the image behind it.
  panel.addEventListener("keydown", (event) => event.stopPropagation());
}
