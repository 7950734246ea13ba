(require '[app.core :as core])

(core/-main)
