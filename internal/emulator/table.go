package emulator

// table keeps rows by id and in the order of their insertion. Beyond its limit it forgets the oldest row, so that an
// emulator left running for days does not grow.
type table[T any] struct {
	byID  map[string]T
	order []string
	limit int
	// pinned, where set, tells the rows that are never forgotten: those that a test has set up.
	pinned func(row T) bool
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
		t.forget()
	}
}

// forget drops the oldest row that is not pinned.
func (t *table[T]) forget() {
	for i, id := range t.order {
		if t.pinned != nil && t.pinned(t.byID[id]) {
			continue
		}
		t.drop(id)
		copy(t.order[1:i+1], t.order[:i])
		t.order = t.order[1:]
		return
	}
}

func (t *table[T]) drop(id string) {
	if t.forgotten != nil {
		t.forgotten(t.byID[id])
	}
	delete(t.byID, id)
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
