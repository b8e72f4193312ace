// A line on which nobody is heard, for the simulated network.
import { Line } from "./line.js";

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
