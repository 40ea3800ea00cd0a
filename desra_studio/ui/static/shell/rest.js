// Lets an open page rest. A script, not a module: it has to run before Gradio's do.

// Gradio's loading screen counts its seconds in every frame, and goes on when it is gone: a page
// that nobody touches would draw sixty times a second. Four times a second is as good to look at.
{
  const COUNTS_SECONDS = /\(performance\.now\(\)\s*-.*\/\s*1e3/;
  const COUNT_MS = 250;
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    COUNTS_SECONDS.test(callback.toString()) ? setTimeout(callback, COUNT_MS) : ask(callback);
}
