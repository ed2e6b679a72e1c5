// Asks the server to draw anew when the page turns dark or light: a colour that follows the theme moves.
export default function ({ parentElement, setStateValue }) {
  const dusk = parentElement.querySelector(".dusk");
  dusk.ontransitionend = () => setStateValue("seen", getComputedStyle(dusk).color);
}
