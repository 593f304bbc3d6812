// Copy buttons. Browsers offer the clipboard to secure pages alone; elsewhere the buttons stay hidden.

for (const button of document.querySelectorAll("button[data-copies]")) {
    const status = button.nextElementSibling;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
        status.textContent = "Copied";
    });
}
