package emulator

// table keeps rows by id and in the order of their insertion. Beyond its limit it forgets the oldest row, so that an
// emulator left running for days does not grow.
type table[T any] struct {
	byID  map[string]T
	order []string
	limit int
	// forgotten, where set, is told of each row that is dropped.
	forgotten func(row T)
}

func newTable[T any](limit int) *table[T] {
	return &table[T]{byID: map[string]T{}, limit: limit}
}

// get is the row with that id, or the zero T.
func (t *table[T]) get(id string) T { return t.byID[id] }

// insert adds a row at the end, or replaces the one with that id in its place.
func (t *table[T]) insert(id string, row T) {
	if _, known := t.byID[id]; !known {
		t.order = append(t.order, id)
	}
	t.byID[id] = row
	if len(t.order) > t.limit {
		t.drop(t.order[0])
		t.order = t.order[1:]
	}
}

func (t *table[T]) drop(id string) {
	if t.forgotten != nil {
		t.forgotten(t.byID[id])
	}
	delete(t.byID, id)
}

// remove takes the row with that id out.
func (t *table[T]) remove(id string) {
	for i, other := range t.order {
		if other == id {
			t.drop(id)
			t.order = append(t.order[:i:i], t.order[i+1:]...)
			return
		}
	}
}

// each yields the rows, oldest first.
func (t *table[T]) each(yield func(T) bool) {
	for _, id := range t.order {
		if !yield(t.byID[id]) {
			return
		}
	}
}

// find is the oldest row that matches, or the zero T.
func (t *table[T]) find(matches func(T) bool) T {
	for row := range t.each {
		if matches(row) {
			return row
		}
	}
	var none T
	return none
}
