// The conversation with the tutor, streamed. Without this script, messages are sent as a form.
"use strict";

const form = document.querySelector(".composer");
const field = form?.querySelector("textarea");
const send = form?.querySelector("button:not([data-stop])");
const stop = form?.querySelector("[data-stop]");
const status = form?.querySelector("[role=status]");
const log = document.querySelector(".log");
const talk = document.querySelector(".talk");

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 48;

// Adds a message and returns the paragraph for its text, which is never read as HTML.
const add = (speaker, text, isOwn) => {
    talk.querySelector(".empty")?.remove();
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bubble = document.createElement("div");
    const paragraph = document.createElement("p");
    item.className = isOwn ? "mine" : "";
    name.className = "speaker";
    name.textContent = speaker;
    bubble.className = "bubble";
    paragraph.textContent = text;
    bubble.append(paragraph);
    item.append(name, bubble);
    talk.append(item);
    log.scrollTop = log.scrollHeight;
    return paragraph;
};

// The events of a stream, as [name, data].
async function* eventsOf(body) {
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let rest = "";
    for (;;) {
        const { done, value } = await reader.read();
        if (done) {
            return;
        }
        rest += decoder.decode(value, { stream: true });
        const blocks = rest.split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
            const [name, data] = block.split("\n");
            yield [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
        }
    }
}

const readInto = async (paragraph, body) => {
    for await (const [name, data] of eventsOf(body)) {
        if (name === "text") {
            const follows = isAtEnd();
            paragraph.append(data.text);
            log.scrollTop = follows ? log.scrollHeight : log.scrollTop;
        } else if (name === "done") {
            return "";
        } else if (name === "error") {
            return data.detail;
        }
    }
    return "The answer broke off. Send your message again.";
};

const ask = async (body, signal, paragraph) => {
    const response = await fetch(location.pathname, {
        method: "POST",
        headers: { Accept: "text/event-stream" },
        body,
        signal,
    });
    if (!response.ok) {
        const problem = await response.json().catch(() => ({}));
        return problem.detail || "The message was not sent. Load the page again.";
    }
    return readInto(paragraph, response.body);
};

const converse = async () => {
    const controller = new AbortController();
    const body = new FormData(form);
    const paragraph = (add("You", field.value, true), add("Tutor", "", false));
    const abort = () => controller.abort();
    field.value = "";
    paragraph.className = "arriving";
    log.setAttribute("aria-busy", "true");
    status.textContent = "The tutor is writing …";
    [send.hidden, stop.hidden] = [true, false];
    stop.addEventListener("click", abort);
    let failure;
    try {
        failure = await ask(body, controller.signal, paragraph);
    } catch (error) {
        failure = error.name === "AbortError" ? "You stopped this answer." : "The connection was lost.";
    }
    stop.removeEventListener("click", abort);
    [send.hidden, stop.hidden] = [false, true];
    paragraph.className = "";
    log.setAttribute("aria-busy", "false");
    if (failure) {
        status.textContent = failure;
    } else {
        // What is shown is what is logged: formatted, and with its reactions.
        const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
        const [question, answer] = [...page.querySelectorAll(".talk > li")].slice(-2);
        if (answer) {
            const item = paragraph.closest("li");
            item.previousElementSibling.replaceWith(document.adoptNode(question));
            item.replaceWith(document.adoptNode(answer));
        }
        status.textContent = "Answer complete";
    }
};

form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!send.hidden && field.value.trim()) {
        converse();
    }
});
field?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
    }
});
