// <kontaktpunkt-chat>: the web chat. A standard custom element; no framework, no build step.

import { Conversation } from "./conversation.js";

const BASE = new URL("..", import.meta.url).href.replace(/\/widget\/$/, "").replace(/\/$/, "");
const MAX_CHARACTERS = 2000;

class KontaktpunktChat extends HTMLElement {
  #conversation = new Conversation(BASE);
  #settings;
  #strings;
  #shown = new Set();
  #parts = {};

  async connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = `${BASE}/widget/chat.css`;
    root.append(style);
    this.#settings = await this.#conversation.settings();
    const language = this.#firstLanguage();
    this.#conversation.suggestLanguage(language);
    await this.#speak(language);
    this.#listen();
    if (this.#conversation.exists || this.hasAttribute("open")) this.#open(false);
  }

  disconnectedCallback() {
    this.#conversation.close();
  }

  #firstLanguage() {
    const offered = this.#settings.languages.map((language) => language.tag);
    const wished = [
      this.#conversation.language,
      this.getAttribute("lang") || document.documentElement.lang,
      ...navigator.languages,
    ];
    const tags = wished.filter(Boolean).map((tag) => tag.split("-")[0].toLowerCase());
    return tags.find((tag) => offered.includes(tag)) || offered[0];
  }

  /** Draw everything in a language; messages already shown stay as they were written. */
  async #speak(language) {
    this.#strings = await this.#conversation.strings(language);
    const { direction } = this.#settings.languages.find(({ tag }) => tag === language);
    const isOpen = this.#parts.panel && !this.#parts.panel.hidden;
    const log = this.#parts.log || element("div", { class: "log", role: "log", tabindex: "0" });
    this.#parts.frame?.remove();
    const frame = element("div", { class: "frame", lang: language, dir: direction });
    this.#parts = { frame, log };
    frame.append(this.#launcher(), this.#panel(language));
    this.shadowRoot.append(frame);
    this.#parts.panel.hidden = !isOpen;
    this.#parts.launcher.hidden = Boolean(isOpen);
  }

  #launcher() {
    const launcher = element("button", { class: "launcher", type: "button" }, this.#strings.open);
    launcher.addEventListener("click", () => this.#open(true));
    this.#parts.launcher = launcher;
    return launcher;
  }

  #panel(language) {
    const panel = element("section", { class: "panel", "aria-label": this.#strings.title });
    this.#parts.log.setAttribute("aria-label", this.#strings.log);
    this.#parts.typing = element("p", { class: "typing", hidden: "" }, this.#strings.typing);
    this.#parts.status = element("p", { class: "status", role: "status", hidden: "" });
    this.#parts.pending = element("div", { class: "outbox" });
    panel.append(
      this.#header(language),
      this.#notice(),
      this.#parts.log,
      this.#parts.pending,
      this.#parts.typing,
      this.#parts.status,
      this.#form(),
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
    this.#parts.panel = panel;
    this.#showPending();
    return panel;
  }

  #header(language) {
    const header = element("header", {});
    const picker = element("select", { "aria-label": this.#strings.language });
    for (const { tag, own_name } of this.#settings.languages) {
      const option = element("option", { value: tag, lang: tag }, own_name);
      option.selected = tag === language;
      picker.append(option);
    }
    picker.addEventListener("change", () => this.#changeLanguage(picker.value));
    const human = element("button", { type: "button", class: "human" }, this.#strings.human);
    human.addEventListener("click", () => this.#askForHuman(human));
    const close = element(
      "button",
      { type: "button", class: "close", "aria-label": this.#strings.close },
      "×",
    );
    close.addEventListener("click", () => this.#close());
    header.append(element("h2", {}, this.#strings.title), close, picker, human);
    return header;
  }

  #notice() {
    const notice = element("details", { class: "notice" });
    const forget = element("button", { type: "button" }, this.#strings.forget);
    forget.addEventListener("click", () => {
      this.#conversation.forget();
      this.#clear();
    });
    notice.append(
      element("summary", {}, this.#strings.automatic),
      element("p", {}, this.#strings.stored),
      forget,
    );
    return notice;
  }

  #form() {
    const form = element("form", {});
    const input = element("textarea", {
      id: "message",
      rows: "1",
      maxlength: String(MAX_CHARACTERS),
      placeholder: this.#strings.placeholder,
      enterkeyhint: "send",
      dir: "auto",
    });
    input.value = this.#conversation.draft;
    input.addEventListener("input", () => {
      this.#conversation.draft = input.value;
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      this.#conversation.draft = "";
      this.#conversation.sendText(text);
    });
    form.append(
      element("label", { for: "message", class: "unseen" }, this.#strings.placeholder),
      input,
      element("button", { type: "submit" }, this.#strings.send),
    );
    this.#parts.input = input;
    return form;
  }

  #listen() {
    const chat = this.#conversation;
    chat.addEventListener("message", ({ detail }) => this.#show(detail));
    chat.addEventListener("pending", () => this.#showPending());
    chat.addEventListener("typing", () => this.#showTyping(true));
    chat.addEventListener("online", () => this.#say(""));
    chat.addEventListener("offline", () => this.#say(this.#strings.offline));
    chat.addEventListener("refused", () => this.#say(this.#strings.refused));
    chat.addEventListener("forgotten", () => this.#clear());
    chat.addEventListener("state", ({ detail }) => this.#followLanguage(detail.language));
  }

  /** The bot may have changed language because the newcomer wrote in another one. */
  async #followLanguage(language) {
    const offered = this.#settings.languages.some(({ tag }) => tag === language);
    if (offered && language !== this.#parts.frame.lang) await this.#speak(language);
  }

  async #changeLanguage(language) {
    await this.#speak(language);
    await this.#conversation.chooseLanguage(language).catch(() => this.#say(this.#strings.offline));
    if (!this.#shown.size) this.#welcome();
    this.#parts.panel.querySelector("select").focus();
  }

  async #askForHuman(button) {
    button.disabled = true;
    try {
      await this.#conversation.askForHuman();
    } catch {
      this.#say(this.#strings.offline);
    }
    button.disabled = false;
  }

  #open(focus) {
    this.#parts.panel.hidden = false;
    this.#parts.launcher.hidden = true;
    if (!this.#shown.size) this.#welcome();
    this.#conversation.open();
    if (focus) this.#parts.input.focus();
  }

  #close() {
    this.#parts.panel.hidden = true;
    this.#parts.launcher.hidden = false;
    this.#parts.launcher.focus();
  }

  #clear() {
    this.#shown.clear();
    this.#welcome();
  }

  #welcome() {
    const welcome = element("div", { class: "message bot" });
    const choices = element("ul", { class: "choices" });
    for (const text of this.#strings.suggestions) {
      const choice = element("button", { type: "button" }, text);
      choice.addEventListener("click", () => this.#conversation.sendText(text));
      const item = element("li", {});
      item.append(choice);
      choices.append(item);
    }
    welcome.append(element("p", {}, this.#strings.welcome), choices);
    this.#parts.log.replaceChildren(welcome);
  }

  #show(message) {
    if (this.#shown.has(message.cursor)) return;
    this.#shown.add(message.cursor);
    if (message.author !== "newcomer") this.#showTyping(false);
    const bubble = element("div", { class: `message ${message.author} ${message.kind || ""}` });
    // People may write in any script; what the product says is in the chat's language.
    const byPerson = message.author === "newcomer" || message.author === "adviser";
    const dir = byPerson ? "auto" : this.#parts.frame.dir;
    const body = element("div", { class: "text", dir });
    if (message.author === "newcomer") body.textContent = message.text;
    else body.innerHTML = message.html; // made safe by the server from restricted Markdown
    const author = message.adviser || this.#strings.authors[message.author];
    bubble.append(element("span", { class: "author" }, author), body);
    if (message.cards?.length) bubble.append(this.#cards(message.cards));
    if (message.position) bubble.append(this.#sharing(message.position));
    if (message.sources?.length) bubble.append(this.#sources(message));
    if (message.buttons?.length) bubble.append(this.#choices(message));
    this.#parts.log.append(bubble);
    // The beginning of an answer, not its end, is what should be read first.
    const { log } = this.#parts;
    log.scrollTop += bubble.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
  }

  /** Offices, each with its links below. */
  #cards(cards) {
    const list = element("ol", { class: "cards" });
    for (const { html, links } of cards) {
      const item = element("li", { class: "card" });
      const text = element("div", { class: "text" });
      text.innerHTML = html; // made safe by the server from restricted Markdown
      const ways = element("p", { class: "links" });
      for (const { title, url } of links) {
        ways.append(element("a", { href: url, target: "_blank", rel: "noopener" }, title));
      }
      item.append(text, ways);
      list.append(item);
    }
    return list;
  }

  /** A button that shares where the newcomer is; the browser asks them first. */
  #sharing(title) {
    const share = element("button", { type: "button", class: "share" }, title);
    share.addEventListener("click", () => {
      share.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => this.#conversation.sendPosition(coords.latitude, coords.longitude),
        () => {
          share.disabled = false;
          this.#say(this.#strings.no_position);
        },
        { timeout: 15000, maximumAge: 60000 },
      );
    });
    return share;
  }

  #sources({ sources, checked, status }) {
    const details = element("details", { class: "sources" });
    const list = element("ul", {});
    for (const source of sources) {
      const item = element("li", {});
      const link = element(
        "a",
        { href: source.url, target: "_blank", rel: "noopener noreferrer", dir: "auto" },
        `${source.authority}: ${source.title}`,
      );
      const level = this.#strings.levels[source.level];
      const law = source.law ? `, ${source.law}` : "";
      item.append(link, element("small", { dir: "auto" }, ` (${level}${law})`));
      list.append(item);
    }
    details.append(element("summary", {}, this.#strings.sources), list);
    if (checked) {
      const date = new Date(`${checked}T12:00`).toLocaleDateString(this.#parts.frame.lang, {
        dateStyle: "long",
        numberingSystem: "latn",
      });
      details.append(element("p", {}, this.#strings.checked.replace("{date}", date)));
    }
    if (status === "stale") details.append(element("p", {}, this.#strings.stale));
    return details;
  }

  #choices(message) {
    const list = element("ul", { class: "choices" });
    message.buttons.forEach((title, index) => {
      const choice = element("button", { type: "button", dir: "auto" }, title);
      choice.addEventListener("click", () =>
        this.#conversation.pressButton(message.cursor, index, title),
      );
      const item = element("li", {});
      item.append(choice);
      list.append(item);
    });
    return list;
  }

  #showPending() {
    const waiting = this.#conversation.pending.map(({ text, title }) =>
      element("div", { class: "message newcomer waiting", dir: "auto" }, text || title),
    );
    this.#parts.pending.replaceChildren(...waiting);
    if (waiting.length) this.#showTyping(true);
  }

  #showTyping(on) {
    this.#parts.typing.hidden = !on;
  }

  #say(text) {
    this.#parts.status.textContent = text;
    this.#parts.status.hidden = !text;
  }
}

function element(name, attributes, text) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

customElements.define("kontaktpunkt-chat", KontaktpunktChat);
