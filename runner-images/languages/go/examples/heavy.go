package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"text/template"
	"time"
)

type Number interface {
	~int | ~int64 | ~float64
}

type Tree[K cmp.Ordered, V any] struct {
	left, right *Tree[K, V]
	key         K
	value       V
}

func (tree *Tree[K, V]) Put(key K, value V) *Tree[K, V] {
	if tree == nil {
		return &Tree[K, V]{key: key, value: value}
	}
	switch cmp.Compare(key, tree.key) {
	case -1:
		tree.left = tree.left.Put(key, value)
	case 1:
		tree.right = tree.right.Put(key, value)
	default:
		tree.value = value
	}
	return tree
}

func (tree *Tree[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { tree.walk(yield) }
}

func (tree *Tree[K, V]) walk(yield func(K, V) bool) bool {
	return tree == nil || tree.left.walk(yield) && yield(tree.key, tree.value) && tree.right.walk(yield)
}

func Map[T, R any](values []T, convert func(T) R) []R {
	results := make([]R, 0, len(values))
	for _, value := range values {
		results = append(results, convert(value))
	}
	return results
}

func Sum[T Number](values ...T) (sum T) {
	for _, value := range values {
		sum += value
	}
	return sum
}

type Order struct {
	Customer string    `json:"customer"`
	Cents    int       `json:"cents"`
	Placed   time.Time `json:"placed"`
}

var ErrEmpty = errors.New("no orders")

func totals(ctx context.Context, orders []Order) (map[string]int, error) {
	if len(orders) == 0 {
		return nil, fmt.Errorf("totals: %w", ErrEmpty)
	}
	var guard sync.Mutex
	var group sync.WaitGroup
	sums := map[string]int{}
	for _, order := range orders {
		group.Add(1)
		go func() {
			defer group.Done()
			guard.Lock()
			defer guard.Unlock()
			sums[order.Customer] += order.Cents
		}()
	}
	group.Wait()
	return sums, ctx.Err()
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var orders []Order
	text := `[{"customer": "Grace", "cents": 1250, "placed": "2024-02-29T12:00:00Z"}, {"customer": "Ada", "cents": 499, "placed": "2024-03-01T00:00:00Z"}]`
	if err := json.Unmarshal([]byte(text), &orders); err != nil {
		panic(err)
	}
	sums, err := totals(ctx, orders)
	fmt.Println(sums, err, slices.Sorted(maps.Keys(sums)))
	_, err = totals(ctx, nil)
	fmt.Println(errors.Is(err, ErrEmpty), err)

	var tree *Tree[string, int]
	for i, word := range regexp.MustCompile(`\w+`).FindAllString("the cat and the dog", -1) {
		tree = tree.Put(word, i)
	}
	for word, place := range tree.All() {
		fmt.Print(word, "=", place, " ")
	}
	fmt.Println(Sum(Map([]string{"a", "bc"}, func(word string) int { return len(word) })...))

	sort.Slice(orders, func(i, j int) bool { return orders[i].Placed.After(orders[j].Placed) })
	page := template.Must(template.New("page").Funcs(template.FuncMap{"upper": strings.ToUpper}).Parse("{{range .}}{{.Customer | upper}} {{.Placed.Format \"Jan 2\"}}; {{end}}\n"))
	if err := page.Execute(os.Stdout, orders); err != nil {
		panic(err)
	}
	response := httptest.NewRecorder()
	http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) { http.Error(writer, "teapot", http.StatusTeapot) }).
		ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(response.Code, new(big.Int).Exp(big.NewInt(2), big.NewInt(100), nil))
}
