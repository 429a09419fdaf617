package recordings

import "testing"

func TestLoadReadsEveryExchange(t *testing.T) {
	scenarios, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, scenario := range scenarios {
		total += len(scenario.Exchanges)
	}
	if total != 1390 {
		t.Errorf("loaded %d exchanges, the README speaks of 1390", total)
	}
	if first, last := scenarios[0].Name, scenarios[len(scenarios)-1].Name; first != "00-catalogue" || last != "23-media-and-legacy-prices" {
		t.Errorf("played from %s to %s, recorded from 00-catalogue to 23-media-and-legacy-prices", first, last)
	}
}
