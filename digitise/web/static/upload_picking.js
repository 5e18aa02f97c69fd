// Which files a person means: those chosen, those in dropped folders; not what operating systems leave beside photos.

const JUNK = new Set(["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"]);
const FILES_MOST = 2000;

/** Whether somebody wants this file sent: hidden files and the operating systems' own are passed over. */
export function isWanted(file) {
  return !file.name.startsWith(".") && !JUNK.has(file.name.toLowerCase());
}

/** All files of a drop, those in folders as well. */
export async function gatherDropped(transfer) {
  // entries must be taken before the first wait: the browser forgets them after the event
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const files = [];
  for (const entry of entries) await gather(entry, files);
  return files;
}

async function gather(entry, files) {
  if (!entry || files.length >= FILES_MOST) return;
  if (entry instanceof File) {
    files.push(entry);
  } else if (entry.isFile) {
    files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
  } else if (entry.isDirectory && entry.name !== "__MACOSX") {
    const reader = entry.createReader();
    // a reader gives at most a hundred at a time
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const inner of some) await gather(inner, files);
    }
  }
}
