// The receipt's print button: it shows only where scripts run, as nothing else needs them.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
