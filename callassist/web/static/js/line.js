// The operator's own line in the browser. Two of one shape: Twilio's, and a simulated one that
// makes the sounds of a call itself. Both fire "state" with {state, why}: connecting, open, closed,
// failed; and "ready" with {network}: the one on which this browser can be rung, or none.
// Neither ever sees a number: it names an attempt, and the desk knows whom that is for; and of who
// phones back the desk itself says who it is.

export class Line extends EventTarget {
  state = "idle";
  network = ""; // on which it can be rung

  tell(state, why = "") {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, why } }));
  }

  readyOn(network) {
    if (network === this.network) return;
    this.network = network;
    this.dispatchEvent(new CustomEvent("ready", { detail: { network } }));
  }

  get isUp() {
    return this.state === "connecting" || this.state === "open";
  }
}
