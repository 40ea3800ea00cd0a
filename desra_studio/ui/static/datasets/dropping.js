// The files behind a drop or a file field, each with where it lies in what was chosen.

/** @import { ChosenFile } from "#types/uploads" */

/**
 * The files of a field; of a folder, with the folder's name before.
 * @param {FileList | null} list
 * @returns {ChosenFile[]}
 */
export const listChosen = (list) =>
  [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * The files that were dropped, folders with all that is in them. Browsers hand them out only
 * before anything is waited for.
 * @param {DataTransfer} dropped
 * @returns {Promise<ChosenFile[]>}
 */
export async function listDropped(dropped) {
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  const given = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(
    given.map(({ entry, file }) => {
      if (entry) return walk(entry);
      // What a script put there, or another program, is no entry of a file system.
      return file ? [{ path: file.name, file }] : [];
    }),
  );
  return found.flat();
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<ChosenFile[]>}
 */
async function walk(entry) {
  if (isFile(entry)) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found = [];
  // Some hundred at a time, until there are no more.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const files of await Promise.all(some.map(walk))) found.push(...files);
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
const isFile = (entry) => entry.isFile;

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
const isFolder = (entry) => entry.isDirectory;
