// Sending a weight file, with how far it is: fetch tells nothing of that.

import { API, Refusal } from "../shared/api.js";

/**
 * Send a file; answers { model, name }. `onShare` hears the share that was sent, 0 to 1.
 * @param {File} file
 * @param {string} role
 * @param {(share: number) => void} onShare
 * @returns {Promise<{ model: number, name: string }>}
 */
export function sendModel(file, role, onShare) {
  const query = new URLSearchParams({ name: file.name, role });
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest();
    sent.open("POST", `${API}/models?${query}`);
    sent.responseType = "json";
    sent.upload.addEventListener("progress", ({ loaded, total }) => onShare(loaded / total));
    sent.addEventListener("load", () =>
      sent.status === 201 ? resolve(sent.response) : reject(new Refusal(sent.status, sent.response ?? {})),
    );
    sent.addEventListener("error", () =>
      reject(new Error("The server cannot be reached. Choose the file again when it can.")),
    );
    sent.send(file);
  });
}
