// Of all tabs of a browser one holds the stream and tells the others: six connections are all that
// a browser opens to one server, and a stream keeps one. Where the browser has no locks (plain
// http) each visible tab has its own.

const LOOK_EVERY = 10_000;
const SILENT_FOR = 35_000; // a leader that tells nothing for so long is frozen: somebody else leads

/** Calls `lead()` when this tab holds the stream and `retire()` when it does no longer;
 * `heard(message)` is called in all other tabs with what the leader `tell`s. Only tabs that would
 * open the stream at the same address share one: the demo has three people in one browser. */
export class Leader {
  #tab;
  #name;
  #channel = null;
  #leaving = new AbortController();
  #release = () => {};
  #lastHeard = performance.now();
  leads = false;

  constructor(tab, address) {
    this.#tab = tab;
    this.#name = `callassist-live ${address}`;
    const together = window.isSecureContext && navigator.locks && "BroadcastChannel" in window;
    if (together) this.#join();
    else this.#alone();
  }

  /** Tell the other tabs. */
  tell(message) {
    this.#channel?.postMessage(message);
  }

  #join() {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => {
      this.#lastHeard = performance.now();
      if (data.type === "ask") {
        if (this.leads) this.#tab.asked();
      } else if (!this.leads) this.#tab.heard(data);
    };
    this.#enter();
    // A page that the browser keeps for going back must let go, or nobody else leads.
    window.addEventListener("pagehide", () => this.#leave());
    window.addEventListener("pageshow", (event) => event.persisted && this.#enter());
    setInterval(() => this.#look(), LOOK_EVERY);
  }

  #enter() {
    this.#leaving = new AbortController();
    this.#queue({ signal: this.#leaving.signal });
    this.tell({ type: "ask" });
  }

  #leave() {
    this.#leaving.abort();
    this.#release();
  }

  async #queue(options) {
    const left = this.#leaving.signal;
    const held = new Promise((resolve) => (this.#release = resolve));
    try {
      await navigator.locks.request(this.#name, options, () => {
        if (left.aborted) return undefined;
        this.#lead(true);
        return held;
      });
    } catch {
      // left, or silent for so long that another tab took over: wait for the next turn
      if (!left.aborted) this.#queue({ signal: left });
    }
    this.#lead(false);
  }

  #look() {
    if (this.leads) {
      this.tell({ type: "here" });
    } else if (performance.now() - this.#lastHeard > SILENT_FOR && document.visibilityState === "visible") {
      this.#lastHeard = performance.now();
      this.#queue({ steal: true });
    }
  }

  #alone() {
    const always = document.querySelector("[data-live-always]") !== null;
    const look = () => this.#lead(always || document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pagehide", () => this.#lead(false));
    window.addEventListener("pageshow", look);
    look();
  }

  #lead(leads) {
    if (this.leads === leads) return;
    this.leads = leads;
    if (leads) this.#tab.lead();
    else this.#tab.retire();
  }
}
