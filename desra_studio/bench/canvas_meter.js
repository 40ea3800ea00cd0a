// What `desra-studio bench canvas` measures with inside the page; read as a script before the page's.

// Gradio alone loads more files than a browser notes by default.
performance.setResourceTimingBufferSize(5000);

window.meter = (() => {
  const ROOT = ".studio-review";
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** @param {HTMLCanvasElement | OffscreenCanvas} canvas */
  function getContext(canvas) {
    const context = canvas.getContext("2d");
    if (context && "drawImage" in context) return context;
    throw new Error("The browser draws nothing.");
  }

  /** Collect the times of frames until `stop`, which answers { fps, worst_ms, frames }. */
  function watchFrames() {
    /** @type {number[]} */
    const times = [];
    let going = true;
    const note = (/** @type {number} */ time) => {
      times.push(time);
      if (going) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    return () => {
      going = false;
      const gaps = times.slice(1).map((time, at) => time - times[at]);
      const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000;
      return { fps: gaps.length / seconds, worst_ms: Math.max(...gaps), frames: gaps.length };
    };
  }

  /**
   * Resolves with the time at which an attribute of the page's root is another one and drawn.
   * @param {string} attribute
   * @returns {Promise<number>}
   */
  function watchRoot(attribute) {
    return new Promise((resolve) => {
      const observer = new MutationObserver(async (changes) => {
        const isRoot = (/** @type {MutationRecord} */ { target }) => target instanceof Element && target.matches(ROOT);
        const { target, oldValue } = changes.find(isRoot) ?? {};
        const value = target instanceof Element && target.getAttribute(attribute);
        if (!value || value === oldValue) return;
        observer.disconnect();
        await nextFrame();
        await nextFrame();
        resolve(performance.now());
      });
      observer.observe(document, {
        subtree: true,
        attributes: true,
        attributeOldValue: true,
        attributeFilter: [attribute],
      });
    });
  }

  /**
   * The next key pressed, and how long it takes until an attribute of the root changed.
   * @param {string} attribute
   * @returns {Promise<number>}
   */
  function watchKey(attribute) {
    return new Promise((resolve) => {
      const pressed = (/** @type {KeyboardEvent} */ { timeStamp }) =>
        watchRoot(attribute).then((time) => resolve(time - timeStamp));
      window.addEventListener("keydown", pressed, { capture: true, once: true });
    });
  }

  /**
   * The next press on a pane, and how long it takes until its pixel there is another one.
   * @param {string} pane
   * @returns {Promise<{ ms: number, frames: number } | null>}
   */
  function watchPress(pane) {
    const canvas = document.querySelector(`canvas[data-pane="${pane}"]`);
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error(`There is no pane ${pane}.`);
    const context = getContext(canvas);
    return new Promise((resolve) => {
      // On the window, so that the page hears of the press first and draws first in a frame.
      const pressed = async (/** @type {PointerEvent} */ { timeStamp, offsetX, offsetY }) => {
        const read = () => context.getImageData(offsetX, offsetY, 1, 1).data.join();
        const before = read();
        for (let frames = 1; frames < 60; frames++) {
          await nextFrame();
          if (read() !== before) return resolve({ ms: performance.now() - timeStamp, frames });
        }
        return resolve(null);
      };
      window.addEventListener("pointerdown", pressed, { once: true });
    });
  }

  /**
   * The naive way: one canvas for the whole mask, written as a whole for each step of a stroke.
   * @param {number} side
   * @param {number} seconds
   */
  async function paintNaively(side, seconds) {
    const panes = Array.from({ length: 3 }, () => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: 363, height: 560 });
      canvas.style.cssText = "position: fixed; top: 120px; z-index: 9";
      document.body.append(canvas);
      return canvas;
    });
    const image = new OffscreenCanvas(side, side);
    getContext(image).fillRect(0, 0, side / 2, side);
    const mask = new OffscreenCanvas(side, side);
    const pixels = new ImageData(side, side);
    const words = new Uint32Array(pixels.data.buffer);
    const stop = watchFrames();
    const end = performance.now() + 1000 * seconds;
    for (let step = 0; performance.now() < end; step++) {
      const centre = { x: 100 + ((7 * step) % (side - 200)), y: side / 2 };
      for (let y = centre.y - 24; y < centre.y + 24; y++) {
        words.fill(0xff008aff, y * side + centre.x - 24, y * side + centre.x + 24);
      }
      getContext(mask).putImageData(pixels, 0, 0);
      for (const canvas of panes) {
        const context = getContext(canvas);
        context.drawImage(image, 0, 0, canvas.width, canvas.width);
        context.drawImage(mask, 0, 0, canvas.width, canvas.width);
      }
      await nextFrame();
    }
    for (const canvas of panes) canvas.remove();
    return stop();
  }

  return { watchFrames, watchRoot, watchKey, watchPress, paintNaively };
})();
