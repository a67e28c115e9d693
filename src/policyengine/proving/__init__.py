"""Floor 4: claims about policies, proved for all counts within bounds or refuted by an example."""
