// Drawing once for each frame that is shown, however often something changes in between.

/**
 * A function that lets `draw` run before the next frame; until it has, further calls do nothing.
 * @param {() => unknown} draw
 */
export function makeScheduler(draw) {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  };
}
