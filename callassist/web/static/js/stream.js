// One connection to /live: reads it, notices when it is silent, and comes back by itself.
// fetch and not EventSource: that one gives up at a 503 and does not tell a 401 from a broken line.

const CONNECT_PATIENCE = 10_000;
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 15_000;
const LONGEST_ASKED = 60_000; // a Retry-After beyond this is not waited for
const BEATS = 2.5; // so many without a word, and the line is dead

/** Splits text into events of the stream; keeps what is not complete yet. */
export class EventText {
  #rest = "";

  /** The complete events in what was read so far, each {name, data}. */
  *read(text) {
    this.#rest += text;
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => {
          const colon = line.indexOf(": ");
          return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
      if (fields.event) yield { name: fields.event, data: JSON.parse(fields.data || "{}") };
    }
  }
}

/** How long to wait before try number `failures` + 1, in milliseconds. */
export function delay(failures, retryAfter) {
  const own = Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY) * (0.5 + Math.random());
  const asked = Math.min(retryAfter * 1000, LONGEST_ASKED);
  return Math.max(own, asked * (1 + Math.random() / 4));
}

/** Keeps a stream open until `close()`; tells `listener` what happens:
 * event(name, data), up(hello), down(why, failures) with why unreachable, refused or signed-out. */
export class Stream {
  #url;
  #listener;
  #abort = null;
  #wake = () => {};
  #isClosed = false;

  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    this.#run();
  }

  close() {
    this.#isClosed = true;
    this.#abort?.abort();
    this.#wake();
  }

  /** Try now instead of when the wait is over. */
  hurry() {
    this.#wake();
  }

  /** The network went away: an open connection would notice only when it is silent for long. */
  doubt() {
    this.#abort?.abort();
  }

  async #run() {
    let failures = 0;
    while (!this.#isClosed) {
      const end = await this.#once();
      if (this.#isClosed) return;
      if (end.heard) failures = 0;
      if (end.why !== "renewed") {
        failures += 1;
        this.#listener.down(end.why, failures);
      }
      await this.#pause(end.why === "renewed" ? 500 * Math.random() : delay(failures, end.after ?? 0));
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #once() {
    const abort = new AbortController();
    this.#abort = abort;
    let watchDog;
    let heard = false;
    let patience = CONNECT_PATIENCE;
    const isHeard = () => {
      clearTimeout(watchDog);
      watchDog = setTimeout(() => abort.abort(), patience);
    };
    isHeard();
    try {
      const answer = await fetch(this.#url, {
        headers: { Accept: "text/event-stream" },
        cache: "no-store",
        redirect: "manual",
        signal: abort.signal,
      });
      if (answer.status === 401 || answer.type === "opaqueredirect") return { why: "signed-out" };
      if (!answer.ok) return { why: "refused", after: Number(answer.headers.get("Retry-After")) || 0 };
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new EventText();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { why: "unreachable", heard };
        isHeard();
        for (const { name, data } of events.read(value)) {
          if (name === "hello") {
            heard = true;
            patience = data.beat * 1000 * BEATS;
            isHeard();
            this.#listener.up(data);
          } else if (name === "bye") {
            const again = data.why === "age" || data.why === "access" || data.why === "behind";
            return { why: again ? "renewed" : "unreachable", heard };
          } else this.#listener.event(name, data);
        }
      }
    } catch {
      return { why: "unreachable", heard };
    } finally {
      clearTimeout(watchDog);
      abort.abort();
    }
  }
}
