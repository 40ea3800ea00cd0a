// Lets a page be left in peace. A script, not a module: it has to run before Gradio's do.

// Gradio's client closes its connections when a page is about to be left, and then reports an event
// that it so broke off as "Connection errored out"; where the person is asked and stays, the page has
// none. A browser closes them itself, and only once the page is really left.
{
  const CLOSES_CLIENT = /^\(\)\s*=>\s*\{[^{}]*\.close\(\);?\s*\}$/;
  const listen = window.addEventListener.bind(window);
  window.addEventListener = (
    /** @type {string} */ type,
    /** @type {EventListenerOrEventListenerObject} */ listener,
    /** @type {boolean | AddEventListenerOptions | undefined} */ options,
  ) => {
    if (type !== "beforeunload" || !CLOSES_CLIENT.test(String(listener))) listen(type, listener, options);
  };
}
