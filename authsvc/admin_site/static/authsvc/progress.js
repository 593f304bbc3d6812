// The progress of a job while it runs. Without it, the page has a link that shows it again.

const PAUSE = 2000;

for (const part of document.querySelectorAll("[data-status]")) {
    const bar = part.querySelector("progress");
    const words = part.querySelector("p span");
    const announced = part.querySelector("[role=status]");
    let tenth = -1;
    const show = ({done, total, ...state}) => {
        words.textContent = state.words;
        if (!total) return;
        bar.max = total;
        bar.value = done;
        // Screen readers hear of it once per tenth, not every two seconds.
        const reached = Math.floor(10 * done / total);
        if (reached !== tenth) announced.textContent = state.words;
        tenth = reached;
    };
    const ask = async () => {
        const response = await fetch(part.dataset.status, {headers: {Accept: "application/json"}});
        if (!response.ok || response.redirected) return;
        const state = await response.json();
        if (state.has_ended) {
            location.reload();
            return;
        }
        show(state);
        setTimeout(ask, PAUSE);
    };
    part.querySelector("a").hidden = true;
    setTimeout(ask, PAUSE);
}
