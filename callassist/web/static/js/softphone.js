// The operator's own line in the browser. Two of one shape: Twilio's, and a simulated one that
// makes the sounds of a call itself. Both fire "state" with {state, why}: connecting, open, closed,
// failed; and "ready" with {network}: the one on which this browser can be rung, or none.
// Neither ever sees a number: it names an attempt, and the desk knows whom that is for; and of who
// phones back the desk itself says who it is.

class Line extends EventTarget {
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
  #deviceOn = ""; // the network that its token is for
  #making = Promise.resolve();
  #call = null;
  #ringing = null;
  #listens = false;
  #answers = false;

  /** `askGrant` resolves to {token, network} or throws; `sdk` is the address of Twilio's own script. */
  constructor(sdk, askGrant) {
    super();
    this.#sdk = sdk;
    this.#askGrant = askGrant;
  }

  async connect(attempt) {
    this.tell("connecting");
    try {
      const device = await this.#made();
      this.#follow(await device.connect({ params: { attempt } }));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** This browser can be rung from now on; what fails here is no failed call, and is tried again. */
  async listen() {
    if (this.#listens) return;
    this.#listens = true;
    try {
      const device = await this.#made();
      device.audio?.incoming(false); // the desk rings itself
      if (this.#listens) await device.register();
    } catch {
      this.deafen();
    }
  }

  /** It cannot be rung any more; a call that is up goes on. */
  deafen() {
    this.#listens = false;
    this.readyOn("");
    if (!this.isUp) this.#drop();
  }

  /** Pick up who rings; the desk may know of it a moment before the line does. */
  answer() {
    this.#answers = true;
    if (this.#ringing) this.#pickUp();
  }

  decline() {
    this.#ringing?.reject();
    this.stopped();
  }

  /** Nobody rings any more. */
  stopped() {
    this.#answers = false;
    this.#ringing = null;
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

  /** One device for both ways, made anew for another network; one after the other. */
  #made() {
    this.#making = this.#making.catch(() => {}).then(() => this.#make());
    return this.#making;
  }

  async #make() {
    const [{ token, network }] = await Promise.all([this.#askGrant(), loaded(this.#sdk)]);
    if (this.#device && this.#deviceOn === network) {
      this.#device.updateToken(token);
      return this.#device;
    }
    this.#drop();
    const device = new Twilio.Device(token, { closeProtection: true, disableAudioContextSounds: true, logLevel: "silent" });
    device.on("registered", () => this.#listens && this.readyOn(network));
    device.on("unregistered", () => this.readyOn(""));
    device.on("incoming", (call) => this.#rings(call));
    device.on("tokenWillExpire", async () => this.#device?.updateToken((await this.#askGrant()).token));
    device.on("error", (error) => this.#failed(error));
    this.#device = device;
    this.#deviceOn = network;
    return device;
  }

  #rings(call) {
    this.#ringing = call;
    for (const end of ["cancel", "reject", "disconnect"]) call.on(end, () => this.#ringing === call && this.stopped());
    if (this.#answers) this.#pickUp();
  }

  #pickUp() {
    const call = this.#ringing;
    this.stopped();
    this.tell("connecting");
    this.#follow(call);
    call.accept();
  }

  #follow(call) {
    this.#call = call;
    call.on("accept", () => this.tell("open"));
    call.on("error", (error) => this.#failed(error));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => this.#over());
  }

  #over() {
    this.#call = null;
    if (this.isUp) this.tell("closed");
    if (!this.#listens) this.#drop();
  }

  #failed(error) {
    if (this.isUp) this.tell("failed", WHY.get(error?.code) ?? (error?.name === "NotAllowedError" ? "microphone" : "other"));
    this.#call = null;
    this.deafen();
  }

  #drop() {
    this.#device?.destroy();
    this.#device = null;
    this.#deviceOn = "";
    this.stopped();
  }
}

/** Nobody is really phoned: a ringing tone while it rings, a click when somebody picks up. */
export class SimulatedLine extends Line {
  #context = null;
  #ringing = 0;
  #gain = null;
  #name;

  /** `name` of the network that is not there: the desk answers for its browsers. */
  constructor(name) {
    super();
    this.#name = name;
  }

  listen() {
    this.readyOn(this.#name);
  }

  deafen() {
    this.readyOn("");
  }

  answer() {}

  decline() {}

  stopped() {}

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
