// The total of a grading form while points are entered. Without it, the page shows the total after saving.

for (const form of document.querySelectorAll("form.grading")) {
    const total = form.querySelector("output b");
    const isPoints = ({name}) => name.startsWith("points-") || name.startsWith("score-");
    const show = () => {
        const points = [...new FormData(form)].filter(([name]) => isPoints({name}));
        total.textContent = points.reduce((sum, [, value]) => sum + (Number(value) || 0), 0);
    };
    form.addEventListener("input", show);
    show();
}
