// What buttons of Gradio's pages do: they send to routes of our own, never through Gradio.

import { API, postJson } from "./api.js";

/**
 * Do something, and return what went wrong in words for people, or an empty text.
 * @param {() => unknown} act
 */
export async function tell(act) {
  try {
    await act();
    return "";
  } catch (error) {
    return error.message;
  }
}

/**
 * Cancel a job as the progress shows it; nothing where none is shown.
 * @param {{ id: number } | null} job
 */
export const cancel = (job) => tell(() => job && postJson(`${API}/runs/${job.id}/cancel`, {}));
