// The ring: three tones made by the browser itself, at a chosen volume, until somebody answers.

const AGAIN_AFTER = 3000;
// [seconds from the start, hertz, seconds]
const TONES = {
  bell: { wave: "sine", notes: [[0, 988, 0.9], [0, 1976, 0.5], [0.45, 784, 1.1], [0.45, 1568, 0.6]] },
  marimba: { wave: "triangle", notes: [[0, 523, 0.22], [0.16, 659, 0.22], [0.32, 784, 0.22], [0.48, 1047, 0.4]] },
  chime: { wave: "sine", notes: [[0, 1319, 0.5], [0.22, 1047, 0.5], [0.44, 1319, 0.9]] },
};

export class Ring {
  #context = null;
  #timer = 0;

  constructor(tone, volume) {
    this.tone = tone;
    this.volume = volume;
  }

  /** Whether the browser lets us be heard; it wants a key or a click first. */
  get isFree() {
    return this.#context?.state === "running";
  }

  get isRinging() {
    return this.#timer !== 0;
  }

  /** Ask the browser; from a click or a key it says yes. */
  async unlock() {
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state !== "running") {
        // without a gesture this promise waits for one; we do not
        await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 2000))]);
      }
    } catch {
      return false;
    }
    return this.isFree;
  }

  /** Once; resolves to whether it was really played. */
  async play() {
    if (!(await this.unlock())) return false;
    const context = this.#context;
    const { wave, notes } = TONES[this.tone] ?? TONES.bell;
    const start = context.currentTime + 0.02;
    for (const [after, pitch, length] of notes) {
      const voice = context.createOscillator();
      const gain = context.createGain();
      voice.type = wave;
      voice.frequency.value = pitch;
      gain.gain.setValueAtTime(0, start + after);
      gain.gain.linearRampToValueAtTime((this.volume / 100) * 0.5, start + after + 0.01);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + after + length);
      voice.connect(gain).connect(context.destination);
      voice.start(start + after);
      voice.stop(start + after + length);
    }
    return true;
  }

  /** Again and again, until `stop`. */
  start() {
    if (this.#timer) return;
    this.play();
    this.#timer = setInterval(() => this.play(), AGAIN_AFTER);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }
}
