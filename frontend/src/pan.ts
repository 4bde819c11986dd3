// Moving along the x axis of a chart that shows a stretch.
import type uPlot from "uplot";

export type Span = [number, number];

/** Follows the mouse from a press until it is let go, and tells the stretch that is shown then. */
export function pan(u: uPlot, start: MouseEvent, done: (span: Span) => void): void {
  const [min, max] = [u.scales.x!.min!, u.scales.x!.max!];
  const unit = (max - min) / u.over.clientWidth;
  let shown: Span = [min, max];
  // Many wide or dashed lines take longer to draw than a frame lasts: while they move, they are thin and whole.
  const looks = u.series.map((s) => [s.width, s.dash] as const);
  for (const s of u.series) Object.assign(s, { width: 1, dash: [] });
  const move = (e: MouseEvent) => {
    e.stopPropagation(); // the chart would look for the nearest line and draw all a second time
    const by = (e.clientX - start.clientX) * unit;
    shown = [min - by, max - by];
    u.setScale("x", { min: shown[0], max: shown[1] });
  };
  const end = () => {
    document.removeEventListener("mousemove", move, true);
    document.removeEventListener("mouseup", end);
    u.series.forEach((s, i) => Object.assign(s, { width: looks[i]![0], dash: looks[i]![1] }));
    u.redraw();
    if (shown[0] !== min) done(shown);
  };
  document.addEventListener("mousemove", move, true);
  document.addEventListener("mouseup", end);
}

/** The stretch with as much again on both sides, so that there is something to move to. */
export function wide([a, b]: Span): Span {
  return [a - (b - a), b + (b - a)];
}

/** The stretch moved by so many of its widths. */
export function moved([a, b]: Span, widths: number): Span {
  return [a + (b - a) * widths, b + (b - a) * widths];
}

/** First index and end of rising positions that lie in a stretch. */
export function indexes(over: ArrayLike<number>, [a, b]: Span): [number, number] {
  let first = 0;
  while (first < over.length && over[first]! < a) first++;
  let last = over.length;
  while (last > first && over[last - 1]! > b) last--;
  return [first, last];
}
