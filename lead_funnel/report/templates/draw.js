for (const data of document.querySelectorAll('figure > script[type="application/json"]')) {
  const place = data.previousElementSibling;
  vegaEmbed(place, JSON.parse(data.textContent), { actions: false, renderer: 'svg' })
    .catch((error) => { place.textContent = 'This chart could not be drawn: ' + error.message; });
}
