// The operator's own line in the browser. Two of one shape: Twilio's, and a simulated one that
// makes the sounds of a call itself. Both fire "state" with {state, why}: connecting, open, closed,
// failed. Neither ever sees a number: it names an attempt, and the desk knows whom that is for.

class Line extends EventTarget {
  state = "idle";

  tell(state, why = "") {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, why } }));
  }

  get isUp() {
    return this.state === "connecting" || this.state === "open";
  }
}

/** Why a line did not come up, in the words that the page has for it. */
const WHY = new Map([
  [31401, "microphone"],
  [31402, "microphone"],
  [20101, "grant"],
  [20104, "grant"],
  [31005, "network"],
  [53000, "network"],
  [53405, "network"],
]);

export class TwilioLine extends Line {
  #sdk;
  #askGrant;
  #device = null;
  #call = null;

  /** `askGrant` resolves to {token} or throws; `sdk` is the address of Twilio's own script. */
  constructor(sdk, askGrant) {
    super();
    this.#sdk = sdk;
    this.#askGrant = askGrant;
  }

  async connect(attempt) {
    this.tell("connecting");
    try {
      const [{ token }] = await Promise.all([this.#askGrant(), loaded(this.#sdk)]);
      this.#device = new Twilio.Device(token, { closeProtection: true, disableAudioContextSounds: true, logLevel: "silent" });
      this.#device.on("tokenWillExpire", async () => this.#device?.updateToken((await this.#askGrant()).token));
      this.#device.on("error", (error) => this.#failed(error));
      this.#call = await this.#device.connect({ params: { attempt } });
      this.#call.on("accept", () => this.tell("open"));
      this.#call.on("error", (error) => this.#failed(error));
      for (const end of ["disconnect", "cancel", "reject"]) this.#call.on(end, () => this.#over());
    } catch (error) {
      this.#failed(error);
    }
  }

  hangUp() {
    this.#call?.disconnect();
    this.#over();
  }

  mute(isMuted) {
    this.#call?.mute(isMuted);
  }

  /** Twilio's line carries the sounds of the call itself. */
  heard() {}

  #over() {
    if (this.isUp) this.tell("closed");
    this.#device?.destroy();
    this.#device = null;
  }

  #failed(error) {
    if (this.isUp) this.tell("failed", WHY.get(error?.code) ?? (error?.name === "NotAllowedError" ? "microphone" : "other"));
    this.#device?.destroy();
    this.#device = null;
  }
}

/** Nobody is really phoned: a ringing tone while it rings, a click when somebody picks up. */
export class SimulatedLine extends Line {
  #context = null;
  #ringing = 0;
  #gain = null;

  async connect() {
    this.tell("connecting");
    try {
      this.#context = new AudioContext();
      this.#gain = new GainNode(this.#context, { gain: 0.04 });
      this.#gain.connect(this.#context.destination);
    } catch {
      this.#context = null; // a call without its sounds is a call all the same
    }
    this.tell("open");
  }

  hangUp() {
    this.#silent();
    if (this.isUp) this.tell("closed");
    this.#context?.close();
    this.#context = null;
  }

  mute(isMuted) {
    if (this.#gain) this.#gain.gain.value = isMuted ? 0 : 0.04;
  }

  /** What the far end does now, as the desk tells it. */
  heard(what) {
    if (what === "ringing" && !this.#ringing) {
      this.#tone(425, 1);
      this.#ringing = setInterval(() => this.#tone(425, 1), 4000);
    } else if (what !== "ringing") {
      const rang = this.#ringing !== 0;
      this.#silent();
      if (rang && what === "talking") this.#tone(880, 0.06);
    }
  }

  #silent() {
    clearInterval(this.#ringing);
    this.#ringing = 0;
  }

  #tone(hertz, seconds) {
    if (this.#context?.state !== "running") return;
    const voice = new OscillatorNode(this.#context, { frequency: hertz });
    voice.connect(this.#gain);
    voice.start();
    voice.stop(this.#context.currentTime + seconds);
  }
}

function loaded(address) {
  if (window.Twilio?.Device) return Promise.resolve();
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done();
    script.onerror = () => failed(new Error(`${address} did not load`));
    document.head.append(script);
  });
}
