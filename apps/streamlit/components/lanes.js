// A drawing of the server's, as it is: Streamlit takes drawings out of a page's own HTML.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".lanes");
  if (place.drawn === data.svg) return;
  place.innerHTML = data.svg;
  place.drawn = data.svg;
}
