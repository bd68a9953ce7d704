// A button behind each <pre> copies what stands in it. Without this script there is none to see.

for (const button of document.querySelectorAll("pre + p > button[data-copied]")) {
  button.parentElement.hidden = !navigator.clipboard; // browsers have it on https:// alone
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.parentElement.previousElementSibling.textContent);
    button.nextElementSibling.textContent = button.dataset.copied;
  });
}
