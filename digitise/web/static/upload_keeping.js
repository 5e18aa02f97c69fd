// Keeps files that are on their way in the browser's own store, so that a page loaded anew goes on with them. Where the browser has no such
// store, or it is full, the person is asked to choose them again: the server knows how far each came.

const DAY_MS = 86400000;
const STORE = "files";

/** This tab: it keeps its name when its page is loaded anew, and shares it with no other. */
function tabName() {
  try {
    let name = sessionStorage.getItem("digitise-tab");
    if (!name) {
      name = Math.random().toString(36).slice(2) + Date.now().toString(36);
      sessionStorage.setItem("digitise-tab", name);
    }
    return name;
  } catch {
    return "";
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("digitise-uploads", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, work) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const change = base.transaction(STORE, mode);
      const asked = work(change.objectStore(STORE));
      change.oncomplete = () => resolve(asked?.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  } finally {
    base.close();
  }
}

/** How many were begun and not ended is known even where the files themselves cannot be kept. */
function pending(endpoint, change) {
  const name = `digitise-pending ${endpoint}`;
  try {
    const keys = new Set(JSON.parse(sessionStorage.getItem(name) ?? "[]"));
    change?.(keys);
    sessionStorage.setItem(name, JSON.stringify([...keys]));
    return keys;
  } catch {
    return new Set();
  }
}

/** Files wait for each other to be kept: sixty photos at once would keep a phone from sending the first. */
let line = Promise.resolve();

export function keepFile(endpoint, key, file) {
  pending(endpoint, (keys) => keys.add(key));
  const entry = { endpoint, tab: tabName(), at: Date.now(), file };
  line = line
    // what was sent meanwhile need not be kept
    .then(() => pending(endpoint).has(key) && inStore("readwrite", (store) => store.put(entry, `${endpoint} ${key}`)))
    .catch(() => {});
}

export async function dropFile(endpoint, key) {
  pending(endpoint, (keys) => keys.delete(key));
  await inStore("readwrite", (store) => store.delete(`${endpoint} ${key}`)).catch(() => {});
}

/** Files of this tab that were not sent to their end, and how many of them can no longer be had. */
export async function keptFiles(endpoint) {
  const waiting = pending(endpoint);
  let all = [];
  try {
    all = (await inStore("readonly", (store) => store.getAll())) ?? [];
    await inStore("readwrite", (store) => {
      const range = store.openCursor();
      range.onsuccess = () => {
        const cursor = range.result;
        if (!cursor) return;
        if (Date.now() - cursor.value.at > DAY_MS) cursor.delete();
        cursor.continue();
      };
    });
  } catch {
    // private windows of some browsers have no store
  }
  const mine = all.filter((entry) => entry.endpoint === endpoint && entry.tab === tabName() && Date.now() - entry.at < DAY_MS);
  const files = mine.map((entry) => entry.file);
  const lost = Math.max(0, waiting.size - files.length);
  if (!files.length) pending(endpoint, (keys) => keys.clear());
  return { files, lost };
}
