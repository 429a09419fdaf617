package ordered

import "iter"

// Object is a JSON object whose members keep the order in which their keys were first set, as a Python dict does.
// A nil *Object reads as an empty one. An Object may be read by several goroutines as long as nobody writes.
type Object struct {
	members []member
	index   map[string]int // nil while there are few members
}

type member struct {
	key   string
	value Value
}

// fewMembers is how many members are found faster by looking at each than through a map.
const fewMembers = 8

// NewObject makes an object of key, value, key, value...; the values are turned into Values by Of.
func NewObject(pairs ...any) *Object {
	o := &Object{members: make([]member, 0, len(pairs)/2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Set(pairs[i].(string), Of(pairs[i+1]))
	}
	return o
}

// Value is o as a Value that shares it; null for a nil o.
func (o *Object) Value() Value {
	if o == nil {
		return Null
	}
	return Value{kind: KindObject, obj: o}
}

// Len is the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.members)
}

// Get is the member key; null when there is none.
func (o *Object) Get(key string) Value {
	v, _ := o.Lookup(key)
	return v
}

// Has tells whether there is a member key, null or not.
func (o *Object) Has(key string) bool { return o.find(key) >= 0 }

// Lookup is the member key and whether there is one: a null member and a missing one differ.
func (o *Object) Lookup(key string) (Value, bool) {
	if i := o.find(key); i >= 0 {
		return o.members[i].value, true
	}
	return Null, false
}

// Set puts value under key, at the end when the key is new, else in its old place.
func (o *Object) Set(key string, value Value) {
	if i := o.find(key); i >= 0 {
		o.members[i].value = value
		return
	}
	o.members = append(o.members, member{key, value})
	if o.index != nil {
		o.index[key] = len(o.members) - 1
	} else if len(o.members) > fewMembers {
		o.reindex()
	}
}

// Delete removes the member key, if there is one.
func (o *Object) Delete(key string) {
	i := o.find(key)
	if i < 0 {
		return
	}
	o.members = append(o.members[:i:i], o.members[i+1:]...)
	if o.index != nil {
		o.reindex()
	}
}

// Keys are the keys in order.
func (o *Object) Keys() []string {
	keys := make([]string, 0, o.Len())
	for key := range o.All() {
		keys = append(keys, key)
	}
	return keys
}

// All yields the members in order.
func (o *Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if o == nil {
			return
		}
		for _, m := range o.members {
			if !yield(m.key, m.value) {
				return
			}
		}
	}
}

// Clone copies o with everything it holds; nil stays nil.
func (o *Object) Clone() *Object {
	if o == nil {
		return nil
	}
	c := &Object{members: make([]member, len(o.members))}
	for i, m := range o.members {
		c.members[i] = member{m.key, m.value.Clone()}
	}
	if o.index != nil {
		c.reindex()
	}
	return c
}

func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].key == key {
			return i
		}
	}
	return -1
}

func (o *Object) reindex() {
	o.index = make(map[string]int, len(o.members))
	for i, m := range o.members {
		o.index[m.key] = i
	}
}

func (o *Object) equal(p *Object) bool {
	if o.Len() != p.Len() {
		return false
	}
	for key, v := range o.All() {
		if w, ok := p.Lookup(key); !ok || !v.Equal(w) {
			return false
		}
	}
	return true
}
