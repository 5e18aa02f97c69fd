// "Check and mend" before anything is read: says how far the photos are, and shows the notes once they are there.

const root = document.getElementById("review");
const source = new EventSource(`${root.dataset.live}?${new URLSearchParams({ after: root.dataset.revision })}`);
source.addEventListener("reading", (event) => {
  const { state, told } = JSON.parse(event.data);
  const place = document.getElementById("reading");
  document.getElementById("reading-told").textContent = told;
  place.hidden = !state;
});
source.addEventListener("revision", (event) => {
  if (JSON.parse(event.data).from_run) location.reload();
});
document.documentElement.classList.add("with-script");
window.addEventListener("pagehide", () => source.close());
