// The adviser's page: the queue and one open conversation, both following the server live.

const texts = JSON.parse(document.getElementById("texts").textContent);
const part = (id) => document.getElementById(id);
const lists = { waiting: part("waiting"), mine: part("mine"), others: part("others") };

let open = null; // { id, cursor } of the conversation on screen
let queue = { waiting: [], mine: [], others: [] };

async function request(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  if (response.status === 401) location.assign("/desk/sign-in");
  if (!response.ok) throw Object.assign(new Error(path), { status: response.status });
  return response.status === 204 ? null : response.json();
}

async function refreshQueue() {
  queue = await request("GET", "/desk/queue");
  for (const [name, list] of Object.entries(lists)) list.replaceChildren(...queue[name].map(entry));
  part("nobody").hidden = queue.waiting.length > 0;
  part("count").textContent = queue.waiting.length ? `(${queue.waiting.length})` : "";
  document.title = queue.waiting.length ? `(${queue.waiting.length}) ${texts.title}` : texts.title;
  if (open) showActions();
}

function entry(conversation) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = conversation.urgent ? "urgent" : "";
  if (open?.id === conversation.id) button.setAttribute("aria-current", "true");
  const about = document.createElement("strong");
  about.textContent = conversation.urgent
    ? `${texts.urgent}: ${conversation.topic}`
    : conversation.topic;
  const details = document.createElement("small");
  details.textContent = [conversation.language, conversation.channel, conversation.adviser]
    .filter(Boolean)
    .join(" · ");
  const waiting = document.createElement("small");
  waiting.className = "since";
  waiting.dataset.since = conversation.since;
  button.append(about, details, waiting);
  button.addEventListener("click", () => show(conversation.id));
  item.append(button);
  tellWaiting(waiting);
  return item;
}

function tellWaiting(node) {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(node.dataset.since)) / 60000));
  node.textContent = texts.minutes.replace("{minutes}", minutes);
}

async function show(id) {
  open = { id, cursor: 0 };
  part("log").replaceChildren();
  part("refusal").hidden = true;
  part("conversation").hidden = false;
  await refreshConversation();
  await refreshQueue();
  part("about").focus();
}

async function refreshConversation() {
  const shown = open;
  if (!shown) return; // it was finished meanwhile
  let transcript;
  try {
    transcript = await request("GET", `/desk/conversations/${shown.id}?after=${shown.cursor}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    closeConversation(shown); // finished: the assistant has it again
    return;
  }
  if (shown !== open) return;
  part("about").textContent = `${transcript.topic} – ${transcript.language}`;
  part("reply-language").textContent = `(${transcript.language})`;
  for (const message of transcript.messages) {
    if (message.cursor <= shown.cursor) continue;
    shown.cursor = message.cursor;
    part("log").append(bubble(message, transcript.direction));
  }
  part("log").scrollTo({ top: part("log").scrollHeight });
}

function closeConversation(shown) {
  if (shown !== open) return;
  open = null;
  part("conversation").hidden = true;
}

function bubble(message, direction) {
  const node = document.createElement("div");
  node.className = `message ${message.author}`;
  const author = document.createElement("span");
  author.className = "author";
  const time = new Date(message.created_at).toLocaleTimeString([], { timeStyle: "short" });
  author.textContent = `${message.adviser || texts.authors[message.author]}, ${time} `;
  if (message.status === "draft" || message.status === "stale") {
    const draft = document.createElement("span");
    draft.className = "draft";
    draft.textContent = texts[message.status];
    author.append(draft);
  }
  const text = document.createElement("div");
  const byPerson = message.author === "newcomer" || message.author === "adviser";
  text.dir = byPerson ? "auto" : direction;
  if (message.author === "newcomer") text.textContent = message.text;
  else text.innerHTML = message.html; // made safe by the server from restricted Markdown
  node.append(author, text);
  return node;
}

function showActions() {
  const mine = queue.mine.some(({ id }) => id === open.id);
  const waiting = queue.waiting.some(({ id }) => id === open.id);
  part("claim").hidden = !waiting;
  part("release").hidden = !mine;
  part("resolve").hidden = !mine;
  part("reply").hidden = !mine;
}

async function act(action, body) {
  part("refusal").hidden = true;
  try {
    await request("POST", `/desk/conversations/${open.id}/${action}`, body || {});
  } catch (error) {
    part("refusal").textContent = error.status === 409 ? texts.taken : texts.failed;
    part("refusal").hidden = false;
    await refreshQueue();
    return false;
  }
  await Promise.all([refreshQueue(), refreshConversation()]);
  return true;
}

part("claim").addEventListener("click", async () => {
  if (await act("claim")) part("text").focus();
});
part("release").addEventListener("click", () => act("release"));
part("resolve").addEventListener("click", () => act("resolve"));
part("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = part("text").value.trim();
  // What was written is cleared only when the server has it.
  if (text && (await act("reply", { text }))) part("text").value = "";
});
part("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part("reply").requestSubmit();
});

function follow() {
  const events = new EventSource("/desk/events");
  events.addEventListener("open", () => {
    part("connection").hidden = true;
    refreshQueue();
    if (open) refreshConversation();
  });
  events.addEventListener("changed", ({ data }) => {
    refreshQueue();
    if (open && JSON.parse(data).conversation === open.id) refreshConversation();
  });
  events.addEventListener("error", () => {
    part("connection").hidden = false;
  });
}

const wanted = new URLSearchParams(location.search).get("conversation");
if (wanted) show(wanted);
setInterval(() => document.querySelectorAll(".since").forEach(tellWaiting), 15000);
follow();
