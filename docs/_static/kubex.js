// Add what screen readers and keyboards need and the theme leaves out.
document.addEventListener("DOMContentLoaded", () => {
  for (const caption of document.querySelectorAll(".caption[role=heading]")) {
    caption.setAttribute("aria-level", "2");
  }
  for (const region of document.querySelectorAll(".highlight pre, .table-wrapper")) {
    region.tabIndex = 0;
  }
});
