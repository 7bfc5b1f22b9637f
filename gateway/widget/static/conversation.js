// The newcomer's side of a conversation: token, sending with retry, live events with catch-up.
// What is typed but not delivered survives a reload and a lost connection.

import { readEvents } from "./event-stream.js";

const STORE = "kontaktpunkt";
const RETRY_MILLISECONDS = [500, 1000, 2000, 4000, 8000];
// A stream that is silent for longer than this is dead; the server's heartbeat is shorter.
const SILENCE_MILLISECONDS = 45000;

export class Conversation extends EventTarget {
  #base;
  #state;
  #stream = null;
  #attempt = 0;
  #sending = null;
  #opening = null;
  #closed = false;

  constructor(base) {
    super();
    this.#base = base;
    this.#state = load();
  }

  get language() {
    return this.#state.language;
  }

  /** What the page or the browser suggests; the newcomer's own choice weighs more. */
  suggestLanguage(language) {
    this.#state.language ||= language;
  }

  get draft() {
    return this.#state.draft || "";
  }

  set draft(text) {
    this.#state.draft = text;
    this.#save();
  }

  get exists() {
    return Boolean(this.#state.token);
  }

  get pending() {
    return this.#state.outbox;
  }

  settings() {
    return this.#request("GET", "/chat/settings").then((response) => response.json());
  }

  strings(language) {
    return this.#request("GET", `/widget/strings/${language}.json`).then((r) => r.json());
  }

  /** All messages so far, then live ones. */
  async open() {
    this.#closed = false;
    if (!this.exists) return;
    this.#listen();
    this.#deliver();
  }

  close() {
    this.#closed = true;
    this.#stream?.abort();
  }

  /** Forget this conversation on this device, for example on a shared computer. */
  forget() {
    this.close();
    const language = this.#state.language;
    this.#state = { ...empty(), language };
    this.#save();
  }

  async chooseLanguage(language) {
    this.#state.language = language;
    this.#save();
    if (this.exists) await this.#request("POST", "/chat/language", { language });
  }

  async askForHuman() {
    await this.#deliver(); // what was written before, an adviser shall read
    await this.#ensureConversation();
    await this.#request("POST", "/chat/human", {});
    this.#listen();
  }

  sendText(text) {
    this.#queue({ text });
  }

  pressButton(message, index, title) {
    this.#queue({ button: { message, index }, title });
  }

  sendPosition(latitude, longitude) {
    this.#queue({ position: { latitude, longitude }, title: "📍" });
  }

  #queue(content) {
    this.#state.outbox.push({ id: identifier(), ...content });
    this.#save();
    this.#tell("pending");
    this.#deliver();
  }

  async #deliver() {
    if (this.#state.outbox.length) await (this.#sending ||= this.#sendAll());
  }

  async #sendAll() {
    try {
      while (this.#state.outbox.length) {
        const { title, ...message } = this.#state.outbox[0];
        await this.#ensureConversation();
        this.#listen();
        try {
          await this.#request("POST", "/chat/messages", message);
        } catch (error) {
          // A message that the server refuses for good would block those after it.
          if (!error.status || error.status === 429 || error.status >= 500) throw error;
          if (error.status !== 401) this.#tell("refused", { status: error.status });
        }
        this.#state.outbox.shift();
        this.#save();
        this.#tell("pending");
      }
    } catch (error) {
      this.#tell("offline");
      setTimeout(() => this.#deliver(), this.#pause());
    } finally {
      this.#sending = null;
    }
  }

  /** One conversation, also where a message and a call for a person begin it at once. */
  async #ensureConversation() {
    if (!this.exists) await (this.#opening ||= this.#create());
  }

  async #create() {
    try {
      const response = await this.#request("POST", "/chat/conversations", {
        language: this.#state.language,
      });
      const { token } = await response.json();
      this.#state.token = token;
      this.#save();
    } finally {
      this.#opening = null;
    }
  }

  /** Keep one live stream open; after a break, go on from the last message seen. */
  async #listen() {
    if (this.#stream || this.#closed) return;
    const stream = new AbortController();
    this.#stream = stream;
    let alarm;
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => stream.abort(), SILENCE_MILLISECONDS);
    };
    try {
      const response = await this.#request(
        "GET",
        `/chat/events?after=${this.#state.cursor}`,
        undefined,
        stream.signal,
      );
      this.#attempt = 0;
      this.#tell("online");
      alive();
      await readEvents(response, (name, data, id) => {
        alive();
        if (name === "message") this.#receive(data, id);
        else this.#tell(name, data);
      });
    } catch (error) {
      if (error.status === 401) {
        this.forget();
        this.#tell("forgotten");
        return;
      }
    } finally {
      clearTimeout(alarm);
      if (this.#stream === stream) this.#stream = null;
    }
    if (this.#closed) return;
    this.#tell("offline");
    setTimeout(() => this.#listen(), this.#pause());
  }

  #receive(message, id) {
    const cursor = Number(id ?? message.cursor);
    if (cursor <= this.#state.cursor) return;
    this.#state.cursor = cursor;
    this.#tell("message", message);
  }

  #pause() {
    const step = RETRY_MILLISECONDS[Math.min(this.#attempt, RETRY_MILLISECONDS.length - 1)];
    this.#attempt += 1;
    return step * (0.75 + Math.random() / 2);
  }

  async #request(method, path, body, signal) {
    const headers = {};
    if (this.#state.token) headers.Authorization = `Bearer ${this.#state.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(this.#base + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "omit",
    });
    if (!response.ok) throw Object.assign(new Error(path), { status: response.status });
    return response;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #save() {
    // The cursor is not kept: after a reload everything is shown again from the start.
    const { cursor, ...kept } = this.#state;
    try {
      localStorage.setItem(STORE, JSON.stringify(kept));
    } catch {
      // Private windows may refuse storage; the conversation then lasts as long as the page.
    }
  }
}

function load() {
  try {
    return { ...empty(), ...JSON.parse(localStorage.getItem(STORE) || "{}") };
  } catch {
    return empty();
  }
}

function empty() {
  return { token: null, language: null, draft: "", outbox: [], cursor: 0 };
}

function identifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
