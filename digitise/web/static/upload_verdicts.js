// On the page for everybody in the room: what became of the photos sent from this tab, asked for under each upload's own address.

const EVERY_MS = 2500;
/** Then nobody is looking any more. */
const LONGEST_MS = 20 * 60 * 1000;

/** @param {string} endpoint @param {object} words @param {(key: string, verdict: {state: string, sentences: string[]}) => void} tell */
export function watchVerdicts(endpoint, words, tell) {
  const name = `digitise-sent ${endpoint}`;
  let sent = [];
  try {
    sent = JSON.parse(sessionStorage.getItem(name) ?? "[]");
  } catch {
    // nothing remembered
  }
  const waiting = new Set(sent.map((one) => one.key));
  const started = Date.now();
  let timer = 0;

  function remember() {
    try {
      sessionStorage.setItem(name, JSON.stringify(sent));
    } catch {
      // the verdicts are still told, until the page is left
    }
  }

  async function ask() {
    timer = 0;
    for (const one of sent.filter((candidate) => waiting.has(candidate.key))) {
      const answer = await fetch(one.url, { headers: { Accept: "application/json" } }).catch(() => null);
      if (answer?.status === 404 || answer?.status === 410) waiting.delete(one.key);
      if (!answer?.ok) continue;
      const verdict = await answer.json();
      tell(one.key, verdict);
      if (verdict.state !== "waiting") waiting.delete(one.key);
    }
    plan();
  }

  function plan() {
    if (!timer && waiting.size && Date.now() - started < LONGEST_MS) timer = setTimeout(ask, EVERY_MS);
  }

  // the page first draws what is remembered
  setTimeout(ask, 0);
  return {
    remembered: () => sent,
    add(key, url, fileName) {
      sent = [...sent.filter((one) => one.key !== key), { key, url, name: fileName }];
      waiting.add(key);
      remember();
      plan();
    },
    forget(key) {
      sent = sent.filter((one) => one.key !== key);
      waiting.delete(key);
      remember();
    },
  };
}
