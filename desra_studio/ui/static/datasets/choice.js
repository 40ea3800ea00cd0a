// What was chosen to be sent: its name, what is in it, and what of it is missing. No DOM.

import { tellBytes } from "../shared/bytes.js";

/** @import { Choice, ChosenFile, UploadState, UploadSummary } from "#types/uploads" */

const IMAGE = /\.(png|jpe?g|webp|bmp|tiff?)$/i;
const ZIP = /\.zip$/i;
/** Halves of letters, which some file systems have in names: none can be sent. */
const BROKEN = /\p{Surrogate}/u;
const LITTER = new Set(["__macosx", "thumbs.db", "desktop.ini"]);
/** Folders of DeSRA's layout, in the order in which they are told. */
const LAYOUT = ["GAN-SR", "MSE-SR", "LR", "GT-Mask"];
const MOST_FOLDERS = 6;

/**
 * Whether a file is none of people's, but of their system's; as the server sees it.
 * @param {string} path
 */
export const isHidden = (path) =>
  path.split("/").some((part) => LITTER.has(part.toLowerCase()) || /^\.(?!\.?$)/.test(part));

/**
 * What is to be sent of the files that were chosen.
 * @param {ChosenFile[]} chosen
 * @param {Date} now names what has no name of its own.
 * @returns {Choice}
 */
export function makeChoice(chosen, now = new Date()) {
  const files = chosen.filter(({ path }) => !BROKEN.test(path) && !isHidden(path));
  if (!files.length) throw new Error("There is no file in it. Choose a folder, images or a zip.");
  if (files.length > 1 && files.every(({ path }) => ZIP.test(path))) {
    throw new Error("These are several zips, each a dataset of its own. Send one after the other.");
  }
  const tops = new Set(files.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const [top] = tops;
  const isZip = files.length === 1 && ZIP.test(files[0].path);
  const named = isZip ? files[0].file.name : tops.size === 1 && top ? top : "";
  return {
    // The same files have the same name later, too: it is how their upload is found again.
    name: named || tellCount(files.length, "file"),
    dataset: named ? named.replace(isZip ? ZIP : "", "") : `Upload ${tellTime(now)}`,
    files,
    size: files.reduce((sum, { file }) => sum + file.size, 0),
    hidden: chosen.length - files.length,
  };
}

/** @param {Date} now */
const tellTime = (now) =>
  new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString().slice(0, 16).replace("T", " ");

/**
 * What is in it, in words: how many files and bytes, and in which folders the images are.
 * @param {Choice} choice
 */
export function tellChoice({ files, size, hidden }) {
  const told = [`${tellCount(files.length, "file")}, ${tellBytes(size)}`];
  if (files.length === 1 && ZIP.test(files[0].path)) return `${told[0]}; unpacked on the server`;
  const folders = tellFolders(files);
  if (folders) told.push(folders);
  const others = files.filter(({ path }) => !IMAGE.test(path)).length;
  if (others) told.push(`${tellCount(others, "file")} of other kinds`);
  if (hidden) told.push(`${tellCount(hidden, "hidden file")} left alone`);
  return told.join(" · ");
}

/** @param {ChosenFile[]} files */
function tellFolders(files) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { path } of files) {
    if (!IMAGE.test(path)) continue;
    const folder = path.split("/").at(-2) ?? "";
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  /** @param {[string, number]} entry */
  const rank = ([folder]) => {
    const at = LAYOUT.findIndex((name) => name.toLowerCase() === folder.toLowerCase());
    return at < 0 ? LAYOUT.length : at;
  };
  const entries = [...counts].sort((a, b) => rank(a) - rank(b));
  const told = entries
    .slice(0, MOST_FOLDERS)
    .map(([folder, count]) => (folder ? `${folder} ${count}` : tellCount(count, "image")));
  if (entries.length > MOST_FOLDERS) told.push(`${entries.length - MOST_FOLDERS} more folders`);
  return told.join(", ");
}

/**
 * The files of which something is missing, each with how much is there already.
 * @param {ChosenFile[]} files
 * @param {Pick<UploadState, "lengths" | "left_out">} upload
 */
export const listMissing = (files, { lengths, left_out }) =>
  files
    .filter(({ path, file }) => !(path in left_out) && lengths[path] !== file.size)
    .map(({ path, file }) => ({ path, file, offset: lengths[path] ?? 0 }));

/**
 * What is offered of an upload that did not become a dataset.
 * @param {UploadSummary} upload
 */
export const tellUpload = ({ name, here, size, whole }) =>
  whole
    ? `${name}, ${tellBytes(size)}, is here and not imported.`
    : `${name}: ${tellBytes(here)} of ${tellBytes(size)} are here. ` +
      `Choose the same ${ZIP.test(name) ? "zip" : "folder or files"} again to go on.`;

/**
 * @param {number} count
 * @param {string} noun
 */
const tellCount = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** @param {number} seconds */
export function tellSeconds(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  /** @param {number} value */
  const pad = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
