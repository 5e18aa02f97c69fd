// Sends files, some at a time, each by itself (tus protocol, tus-js-client): goes on after a cut connection and after the page was loaded anew.

import { csrfHeaders, say, signInAgain } from "./kit.js";
import { dropFile, keepFile, keptFiles } from "./upload_keeping.js";

const AT_ONCE = 3;
/** Bytes of one request: a photo is one; what is larger is confirmed piece by piece, so that a cut costs little. */
const CHUNK = 8 * 1024 * 1024;
/** Pauses before each next try, ms. They begin anew whenever bytes have come through. At the end: half an hour without a network. */
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000, ...Array(60).fill(30000)];
/** Refusals that end by themselves. */
const PASSING = new Set([408, 409, 423, 429, 460, 502, 503, 504]);

/**
 * @typedef {object} Item
 * @property {string} key @property {string} name @property {number} size @property {number} sent
 * @property {"waiting"|"sending"|"again"|"done"|"refused"|"failed"|"cancelled"} state
 * @property {string} [reason] @property {boolean} [already] @property {string} [url]
 */

export class UploadQueue {
  /** @param {{endpoint: string, words: object, onChange: (item: Item) => void}} options */
  constructor({ endpoint, words, onChange }) {
    this.endpoint = new URL(endpoint, location.href).href;
    this.words = words;
    this.onChange = onChange;
    /** @type {Map<string, Item & {file: File, upload?: object}>} */
    this.items = new Map();
    window.addEventListener("online", () => {
      for (const item of this.items.values()) if (item.state === "again") this.retry(item.key);
    });
  }

  /** Go on with files that were not sent when the page was left. Gives how many, and how many must be chosen again. */
  async resume() {
    const { files, lost } = await keptFiles(this.endpoint);
    this.add(files);
    return { resumed: files.length, lost };
  }

  add(files) {
    for (const file of files) {
      const key = [file.name, file.size, file.lastModified].join("|");
      const known = this.items.get(key);
      // chosen twice: what is on its way or was refused is not begun again
      if (known && !["done", "cancelled", "failed"].includes(known.state)) continue;
      const item = { key, file, name: file.name, size: file.size, sent: 0, state: "waiting" };
      this.items.set(key, item);
      if (file.type.startsWith("video/")) {
        this.change(item, { state: "refused", reason: `${say(this.words.no_film)} ${say(this.words.do_film)}` });
        continue;
      }
      keepFile(this.endpoint, key, file);
      this.change(item, { state: "waiting" });
    }
    this.next();
  }

  next() {
    const all = [...this.items.values()];
    let free = AT_ONCE - all.filter((item) => ["sending", "again"].includes(item.state)).length;
    for (const item of all) {
      if (free <= 0) return;
      if (item.state !== "waiting") continue;
      free -= 1;
      this.start(item);
    }
  }

  async start(item) {
    this.change(item, { state: "sending" });
    item.upload = new window.tus.Upload(item.file, {
      endpoint: this.endpoint,
      chunkSize: CHUNK,
      retryDelays: PAUSES,
      headers: csrfHeaders(),
      metadata: { filename: item.name },
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => {
        if (item.state === "sending" || item.state === "again") this.change(item, { sent, state: "sending" });
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const passing = !status || status >= 500 && status !== 507 || PASSING.has(status);
        if (passing && !PASSING.has(status)) this.change(item, { state: "again" });
        return passing;
      },
      onError: (error) => this.fail(item, error),
      onSuccess: ({ lastResponse }) => {
        dropFile(this.endpoint, item.key);
        const already = lastResponse?.getHeader("Digitise-Taken") === "already";
        this.change(item, { state: "done", sent: item.size, already, url: item.upload.url });
        this.next();
      },
    });
    const former = await item.upload.findPreviousUploads().catch(() => []);
    if (item.state !== "sending") return;
    if (former.length) item.upload.resumeFromPreviousUpload(former[0]);
    item.upload.start();
  }

  fail(item, error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status === 401) {
      signInAgain();
      return;
    }
    let body = null;
    try {
      body = JSON.parse(error.originalResponse?.getBody() ?? "");
    } catch {
      // a proxy may have answered, or nobody
    }
    const reason = body?.error ? [body.error, body.remedy].filter(Boolean).join(" ") : say(this.words.again);
    // what the server will not take is forgotten; what the network did can be tried again
    const refused = status >= 400 && status < 500 && !PASSING.has(status);
    if (refused) dropFile(this.endpoint, item.key);
    this.change(item, { state: refused ? "refused" : "failed", reason });
    this.next();
  }

  async retry(key) {
    const item = this.items.get(key);
    await item.upload?.abort().catch(() => {});
    this.change(item, { state: "waiting" });
    this.next();
  }

  async cancel(key) {
    const item = this.items.get(key);
    dropFile(this.endpoint, key);
    this.change(item, { state: "cancelled" });
    this.items.delete(key);
    await item.upload?.abort(true).catch(() => {});
    this.next();
  }

  /** Take what is over off the list; gives its keys. */
  forgetFinished() {
    const over = [...this.items.values()].filter((item) => ["done", "refused"].includes(item.state)).map((item) => item.key);
    for (const key of over) this.items.delete(key);
    return over;
  }

  isBusy() {
    return [...this.items.values()].some((item) => ["waiting", "sending", "again"].includes(item.state));
  }

  summary() {
    const all = [...this.items.values()];
    const count = (...states) => all.filter((item) => states.includes(item.state)).length;
    const counted = all.filter((item) => item.state !== "refused");
    return {
      total: all.length,
      done: count("done"),
      refused: count("refused", "failed"),
      bytes: counted.reduce((sum, item) => sum + item.size, 0),
      sent: counted.reduce((sum, item) => sum + item.sent, 0),
      busy: this.isBusy(),
    };
  }

  change(item, values) {
    Object.assign(item, values);
    this.onChange(item);
  }
}
