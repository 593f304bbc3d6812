// The course editor with script: a live preview, line numbers beside YAML, and a note about unsaved changes.
// Everything works without it.

const PAUSE_MS = 400;

function previewLive(box) {
    const area = box.querySelector("textarea");
    const shown = box.querySelector(".preview");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    let timer;
    let latest = 0;
    area.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(async () => {
            const number = ++latest;
            const body = new URLSearchParams({ body: area.value });
            const headers = { "X-CSRFToken": token };
            const answer = await fetch(box.dataset.preview, { method: "POST", headers, body });
            if (answer.ok && number === latest) {
                shown.innerHTML = await answer.text(); // HTML of the server's own renderer
            }
        }, PAUSE_MS);
    });
}

function numberLines(box) {
    const area = box.querySelector("textarea");
    const numbers = box.querySelector(".line-numbers");
    const count = () => {
        const lines = area.value.split("\n").length;
        numbers.textContent = Array.from({ length: lines }, (_, line) => line + 1).join("\n");
    };
    area.addEventListener("input", count);
    area.addEventListener("scroll", () => {
        numbers.scrollTop = area.scrollTop;
    });
    count();
    for (const error of document.querySelectorAll("[data-line-error]")) {
        const line = /^line (\d+)/.exec(error.textContent);
        if (line) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "button small";
            button.textContent = `Show line ${line[1]}`;
            button.addEventListener("click", () => selectLine(area, Number(line[1])));
            error.append(" ", button);
        }
    }
}

function selectLine(area, line) {
    const lines = area.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line - 1].length);
    area.scrollTop = ((line - 3) / lines.length) * area.scrollHeight;
}

function warnOfUnsaved(form) {
    let isChanged = false;
    form.addEventListener("input", () => {
        isChanged = true;
    });
    form.addEventListener("submit", () => {
        isChanged = false;
    });
    window.addEventListener("beforeunload", (event) => {
        if (isChanged) {
            event.preventDefault();
        }
    });
}

function suggestSlug(title, slug) {
    const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    title.addEventListener("input", () => {
        slug.placeholder = plain(title.value).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80);
    });
}

document.querySelectorAll("[data-preview]").forEach(previewLive);
document.querySelectorAll(".lined").forEach(numberLines);
document.querySelectorAll("form[data-unsaved]").forEach(warnOfUnsaved);
const title = document.getElementById("id_title");
const slug = document.getElementById("id_slug");
if (title && slug) {
    suggestSlug(title, slug);
}
