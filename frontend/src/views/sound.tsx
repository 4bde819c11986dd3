// A sound with its waveform, where the browser can decode it; a click on that goes there.
import { useEffect, useRef, useState } from "preact/hooks";
import { useSeen } from "./charts";

const [W, H, BARS] = [240, 44, 120];

async function bytesOf(url: string): Promise<ArrayBuffer> {
  if (!url.startsWith("data:")) return (await fetch(url)).arrayBuffer();
  return Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (c) => c.charCodeAt(0)).buffer;
}

interface Wave {
  peaks: [number, number][];
  seconds: number;
}

/** The smallest and largest sample of each of equally long stretches. */
async function waveOf(url: string): Promise<Wave> {
  const sound = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(await bytesOf(url));
  const samples = sound.getChannelData(0);
  const peaks = Array.from({ length: Math.min(BARS, samples.length) }, (_, k, n = Math.min(BARS, samples.length)): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = Math.floor((k * samples.length) / n); i < Math.floor(((k + 1) * samples.length) / n); i++) [low, high] = [Math.min(low, samples[i]!), Math.max(high, samples[i]!)];
    return [low, high];
  });
  return { peaks, seconds: sound.duration };
}

export function Sound({ url, label, color }: { url: string; label: string; color: string }) {
  const box = useRef<HTMLDivElement>(null);
  const player = useRef<HTMLAudioElement>(null);
  const seen = useSeen(box);
  const [wave, setWave] = useState<Wave | null>(null);
  const [share, setShare] = useState(0);
  useEffect(() => {
    if (seen) void waveOf(url).then(setWave, () => setWave(null));
  }, [seen, url]);
  const go = (e: MouseEvent) => {
    const area = (e.currentTarget as Element).getBoundingClientRect();
    if (wave && player.current) player.current.currentTime = ((e.clientX - area.left) / area.width) * wave.seconds;
  };
  const loudest = Math.max(1e-6, ...(wave?.peaks.flat().map(Math.abs) ?? []));
  const y = (v: number) => (H / 2) * (1 - v / loudest);
  const path = (wave?.peaks ?? []).map(([low, high], i, all) => `M${(((i + 0.5) * W) / all.length).toFixed(1)} ${Math.min(y(high), H / 2 - 0.5).toFixed(1)}V${Math.max(y(low), H / 2 + 0.5).toFixed(1)}`).join("");
  return (
    <div ref={box} class="sound">
      {wave && (
        <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`waveform of ${label}, ${wave.seconds.toFixed(2)} seconds`} preserveAspectRatio="none" onClick={go} data-testid="wave">
          <path d={path} stroke={color} stroke-width="1.4" fill="none" />
          <path d={`M${(share * W).toFixed(1)} 0V${H}`} stroke="var(--ink)" stroke-width="1" />
        </svg>
      )}
      <audio ref={player} controls src={url} preload="none" aria-label={label} onTimeUpdate={(e) => setShare(wave ? e.currentTarget.currentTime / wave.seconds : 0)} />
    </div>
  );
}
