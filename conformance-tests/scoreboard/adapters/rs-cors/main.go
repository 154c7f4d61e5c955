// The test application with net/http and the middleware rs/cors.
//
// Usage: rs-cors POLICY PORT
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/rs/cors"
)

var standardMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"}
var safelistedMethods = []string{"GET", "HEAD", "POST"}
var safelistedHeaders = []string{"Accept", "Accept-Language", "Content-Language", "Content-Type"}

type policy struct {
	AllowOrigins     []string `json:"allow_origins"`
	AllowMethods     []string `json:"allow_methods"`
	AllowHeaders     []string `json:"allow_headers"`
	AllowCredentials bool     `json:"allow_credentials"`
	ExposeHeaders    []string `json:"expose_headers"`
	MaxAge           int      `json:"max_age"`
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	middleware := cors.New(options(read(text)))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], middleware.Handler(http.HandlerFunc(application))))
}

func unsupported(reason string) {
	fmt.Println(reason)
	os.Exit(77)
}

func read(text []byte) policy {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		log.Fatal(err)
	}
	for _, key := range []string{"allow_origins", "allow_methods", "allow_headers", "allow_credentials", "expose_headers", "max_age"} {
		delete(keys, key)
	}
	for key := range keys {
		unsupported("rs/cors has no option like " + key)
	}
	var read policy
	if err := json.Unmarshal(text, &read); err != nil {
		unsupported("MaxAge of rs/cors has a smaller range")
	}
	return read
}

// The options with the meaning of this policy.
func options(policy policy) cors.Options {
	return cors.Options{
		AllowedOrigins:   origins(policy.AllowOrigins),
		AllowedMethods:   methods(policy.AllowMethods),
		AllowedHeaders:   append(policy.AllowHeaders, safelistedHeaders...),
		ExposedHeaders:   policy.ExposeHeaders,
		AllowCredentials: policy.AllowCredentials,
		MaxAge:           policy.MaxAge,
	}
}

func origins(entries []string) []string {
	if len(entries) == 0 {
		unsupported("an empty AllowedOrigins of rs/cors allows any origin")
	}
	var origins []string
	for _, entry := range entries {
		if entry == "*" {
			return []string{"*"}
		}
		host := entry[strings.Index(entry, ":")+1:]
		hasAnyPort := strings.HasSuffix(entry, ":*")
		if hasAnyPort {
			host = strings.TrimSuffix(host, ":*")
			origins = append(origins, strings.TrimSuffix(entry, ":*"))
		}
		switch {
		case strings.Contains(host, "*") && hasAnyPort:
			unsupported("an origin of rs/cors has one wildcard only")
		case strings.Contains(host, "*") && !strings.HasPrefix(host, "//*."):
			unsupported("a wildcard of rs/cors also stands for dots, and for nothing")
		}
		origins = append(origins, entry)
	}
	return origins
}

// AllowedMethods also applies to requests without a preflight, which policies do not restrict. Fetch allows GET, HEAD and POST in
// any case.
func methods(listed []string) []string {
	methods := append([]string{}, safelistedMethods...)
	for _, method := range listed {
		if method == "*" {
			methods = append(methods, standardMethods...)
		} else {
			methods = append(methods, method)
		}
		if method != strings.ToUpper(method) {
			unsupported("rs/cors changes methods to upper case")
		}
	}
	return methods
}

// ---- the application

func application(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil {
			w.WriteHeader(500)
		}
	}()
	handler := handlers[r.URL.Path]
	switch {
	case handler == nil:
		http.NotFound(w, r)
	case r.URL.Path == "/options" && r.Method == "OPTIONS":
		io.WriteString(w, "handled")
	case !strings.Contains(" GET POST PUT PATCH DELETE HEAD ", " "+r.Method+" "):
		w.WriteHeader(405)
	default:
		handler(w, r)
	}
}

var handlers = map[string]http.HandlerFunc{
	"/":             fixed(200, "ok"),
	"/vary":         fixed(200, "ok", "Vary: Accept-Encoding", "Vary: Cookie"),
	"/error":        fixed(500, "error"),
	"/unauthorized": fixed(401, "unauthorized", "WWW-Authenticate: Bearer"),
	"/redirect":     fixed(302, "", "Location: /"),
	"/options":      fixed(200, "ok"),
	"/teapot":       fixed(418, "teapot", "X-Teapot-Make: Rocket", "Access-Control-Allow-Origin: https://handler.example"),
	"/stream": func(w http.ResponseWriter, r *http.Request) {
		for _, chunk := range []string{"one,", "two,", "three"} {
			io.WriteString(w, chunk)
			w.(http.Flusher).Flush()
		}
	},
	"/panic": func(w http.ResponseWriter, r *http.Request) { panic("the handler panicked") },
	"/reply": reply,
}

func fixed(status int, body string, lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { respond(w, status, body, lines) }
}

func reply(w http.ResponseWriter, r *http.Request) {
	status := 200
	var lines []string
	for _, line := range r.Header["X-Reply"] {
		if strings.HasPrefix(line, "Status: ") {
			status, _ = strconv.Atoi(strings.TrimPrefix(line, "Status: "))
		} else {
			lines = append(lines, line)
		}
	}
	if status == 101 {
		// net/http switches protocols only with Hijack.
		status, lines = 501, nil
	}
	respond(w, status, "", lines)
}

// Vary and repeated lines are added. Others replace what the middleware has set, as Set does.
func respond(w http.ResponseWriter, status int, body string, lines []string) {
	seen := map[string]bool{"Vary": true}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		name = http.CanonicalHeaderKey(name)
		if seen[name] {
			w.Header().Add(name, strings.TrimSpace(value))
		} else {
			w.Header().Set(name, strings.TrimSpace(value))
		}
		seen[name] = true
	}
	w.WriteHeader(status)
	io.WriteString(w, body)
}
