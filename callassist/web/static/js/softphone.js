// The operator's own line in the browser, over Twilio's own script.
import { Line } from "./line.js";

/** Why a line did not come up, in the words that the page has for it: Twilio's codes. */
const WHY = new Map([
  ...[31401, 31402].map((code) => [code, "microphone"]),
  // token, key or application; 31001: no such application
  ...[20101, 20104, 20151, 31001, 31102, 31201, 31202, 31203, 31204, 31205, 31207].map((code) => [code, "grant"]),
  ...[31005, 31009, 53000, 53001, 53405].map((code) => [code, "network"]),
]);
const UNKNOWN = 31000; // around a line that broke, too
const LONGEST = 20_000; // a firewall that swallows what is sent never answers, and the script waits for ever

function why(error) {
  if (error?.name === "NotAllowedError") return "microphone";
  const code = error?.code === UNKNOWN ? error.originalError?.twilioError?.code : error?.code;
  return WHY.get(code) ?? "other";
}

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
    const tooLong = setTimeout(() => this.state === "connecting" && this.#failed({ code: 53000 }), LONGEST);
    try {
      const device = await this.#made();
      const call = this.isUp ? await device.connect({ params: { attempt } }) : null;
      if (this.isUp) this.#follow(call);
      else call?.disconnect(); // nobody waits for it any more
    } catch (error) {
      this.#failed(error);
    } finally {
      clearTimeout(tooLong);
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
    const device = new Twilio.Device(token, {
      closeProtection: true,
      disableAudioContextSounds: true,
      enableImprovedSignalingErrorPrecision: true, // else a missing application is a broken line
      logLevel: "silent",
    });
    device.on("registered", () => this.#listens && this.readyOn(network));
    device.on("unregistered", () => this.readyOn(""));
    device.on("incoming", (call) => this.#rings(call));
    device.on("tokenWillExpire", () => this.#renew(device));
    device.on("error", (error) => this.#troubled(error));
    this.#device = device;
    this.#deviceOn = network;
    return device;
  }

  async #renew(device) {
    try {
      device.updateToken((await this.#askGrant()).token);
    } catch {
      // each call asks for one of its own; and without one this browser is not rung
    }
  }

  /** Twilio's script mends its line by itself: a call that is up goes on, and says when it is over. */
  #troubled(error) {
    if (!this.#call) this.#failed(error);
    else {
      this.#listens = false; // another device is made when the call is over
      this.readyOn("");
    }
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
    // while it rings, too: the operator hears that, and is heard by nobody yet
    for (const up of ["ringing", "accept"]) call.on(up, () => this.tell("open"));
    call.on("error", (error) => this.#failed(error));
    // Twilio's script says why only after it said that the call is over
    const over = () => setTimeout(() => this.#call === call && this.#over());
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, over);
    // with its line a call is lost that nobody has picked up yet, and says no more
    call.on("transportClose", () => setTimeout(() => this.#call === call && call.status() === "closed" && this.#failed({ code: 53001 })));
  }

  #over() {
    this.#call = null;
    if (!this.#listens) this.#drop();
    if (this.isUp) this.tell("closed");
  }

  #failed(error) {
    if (this.isUp) this.tell("failed", why(error));
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
